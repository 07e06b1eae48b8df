#include "app_parts.h"
#include <stdlib.h>
const char *app_pin_hash(const struct app *a, const char *id){(void)a;(void)id;return NULL;}
const struct pepper *app_pepper(const struct app *a){(void)a;return NULL;}
