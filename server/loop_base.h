#ifndef VAXLINE_LOOP_BASE_H
#define VAXLINE_LOOP_BASE_H

struct event_base;
struct loop;

/* The libevent base under a loop, for the modules of this folder that bring their own events. Borrowed. */
struct event_base *loop_base(struct loop *l);

#endif
