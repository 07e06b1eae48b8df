// Five hundred streams of mixed views through five thousand events: all of them right in the end, and few pictures on the way.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, SECOND, startSite } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

const STREAMS = 500;
const EVENTS = 5000;
const BOUND = 120 * SECOND;

// A picture but for when it was made.
const content = ({ at, position, ...rest }) => rest;

// Of the devices, when they were heard last changes with every question.
function settled(picture) {
	const shown = content(picture);
	if (shown.devices) shown.devices = shown.devices.map(({ last_contact, ...rest }) => rest);
	return shown;
}

test('500 streams of mixed views stay right through 5,000 events', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { rooms: { registration: 20, consent: 0, injection: 0 } } }, t);
	const hall = new Hall(site);
	const people = [];
	for (let i = 0; i < 300; i += 20) people.push(...await Promise.all(Array.from({ length: 20 }, () => hall.newcomer())));

	const names = [
		'board,alerts', 'display:all', 'display:registration,display:consent', 'observation', 'alerts,display:injection',
		'desk:registration-1,display:registration', 'desk:consent-2,alerts', 'desk:injection-3,observation',
	];
	const streams = [];
	for (let i = 0; i < STREAMS; i++) {
		const phone = i % 5 < 3;
		const views = phone ? `ticket:${people[i % people.length].token}` : names[i % names.length];
		streams.push((phone ? site.nobody() : site.board).stream(views));
	}
	const opened = await Promise.all(streams);
	t.after(() => opened.forEach((s) => s.close()));
	const first = Number((await site.board.view('board')).position.split('-')[1]);
	const began = Date.now();

	// Every desk calls, starts and finishes; the others park and resume.
	const desks = Array.from({ length: 8 }, (_, i) => `registration-${i + 1}`);
	let events = 0;
	let next = 0;
	while (events < EVENTS) {
		const served = desks.map(async (desk) => {
			const called = await site.board.desk(desk, 'call');
			if (called.status !== 200) return;
			await site.board.act(called.body.visit.number, 'start', { desk });
			await site.board.act(called.body.visit.number, 'finish', { desk });
		});
		const others = Array.from({ length: 40 }, async () => {
			const someone = people[next++ % people.length];
			const parked = await site.board.act(someone.number, 'park');
			if (parked.status === 200) await site.board.act(someone.number, 'resume');
		});
		await Promise.all([...served, ...others]);
		events = Number((await site.board.view('board')).position.split('-')[1]) - first;
	}
	const took = Date.now() - began;
	await site.advance(10 * SECOND); // what passes with time is shown anew

	const wanted = new Map();
	for (const stream of opened) {
		for (const view of stream.path.split('=')[1].split(',')) {
			if (!wanted.has(view)) wanted.set(view, JSON.stringify(settled(await site.board.view(view))));
			const picture = wanted.get(view);
			await stream.until((s) => s.last[view] && JSON.stringify(settled(s.last[view])) === picture, `${view} like ${picture}`, BOUND);
		}
	}
	assert.ok(opened.every((s) => !s.ended), 'none was dropped');
	for (const stream of opened) {
		const pictures = stream.messages.filter((m) => m.event !== 'beat').length;
		const views = stream.path.split('=')[1].split(',').length;
		assert.ok(pictures <= views * (10 + took / 20), `${pictures} pictures of ${stream.path} in ${took} ms`);
	}
	t.diagnostic(`${events} events in ${took} ms, ${opened.reduce((n, s) => n + s.messages.length, 0)} pictures`);
});
