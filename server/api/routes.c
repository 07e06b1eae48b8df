/*
 * The routes: one row each. tests/api/openapi.test.mjs holds them and the OpenAPI document together.
 */
#include "api.h"
#include "handlers.h"
#include "roster.h"

#define GET HTTP_METHOD_GET
#define POST HTTP_METHOD_POST
#define PUT HTTP_METHOD_PUT
#define DELETE HTTP_METHOD_DELETE

/* The last column: attendees' phones reach it too, by the public listener. */
static const struct http_route routes[] = {
	{POST, "/api/scan", api_scan, 0, false},
	{POST, "/api/visits/{ref}/{action}", api_visit_act, 0, true},
	{POST, "/api/unwell", api_unwell, 0, true},
	{GET, "/api/visits/{ref}", api_visit_show, 0, false},
	{POST, "/api/visits", api_check_in, 0, false},
	{POST, "/api/visits/find", api_visits_find, 0, false},
	{POST, "/api/desks/{desk}/{action}", api_desk_act, 0, false},
	{POST, "/api/alerts/{id}/{action}", api_alert_act, 0, false},
	{GET, "/api/stream", api_stream, 0, true},
	{GET, "/api/views/{view}", api_view, 0, true},
	{GET, "/api/tickets/{file}", api_ticket_qr, 0, true},
	{POST, "/api/enrol", api_enrol, 0, false},
	{GET, "/api/enrol/{file}", api_enrol_qr, 0, false},
	{GET, "/api/devices", api_devices_list, 0, false},
	{POST, "/api/devices", api_devices_invite, 0, false},
	{PUT, "/api/devices/{id}", api_devices_move, 0, false},
	{DELETE, "/api/devices/{id}", api_devices_revoke, 0, false},
	{GET, "/api/site", api_site_show, 0, false},
	{POST, "/api/site/{action}", api_site_act, 0, false},
	{GET, "/api/roster", api_roster_show, 0, false},
	{POST, "/api/roster", api_roster_load, ROSTER_MAX_BYTES, false},
	{GET, "/api/day", api_day_show, 0, false},
	{POST, "/api/day/close", api_day_close, 0, false},
	{GET, "/api/log", api_log, 0, false},
	{GET, "/api/clock", api_clock_show, 0, false},
	{POST, "/api/clock", api_clock_move, 0, false},
	{GET, "/api/openapi.json", api_openapi, 0, false},
	{GET, "/healthz", api_healthz, 0, false},
	{GET, "/readyz", api_readyz, 0, false},
	{GET, "/metrics", api_metrics, 0, false},
	{GET, "/", page_root, 0, false},
	{GET, "/setup", page_setup, 0, false},
	{GET, "/enrol", page_enrol, 0, false},
	{GET, "/board", page_board, 0, false},
	{GET, "/t/{code}", page_ticket, 0, true},
	{GET, "/T/{code}", page_ticket, 0, true}, /* as a QR writes it */
	{GET, "/pages/{file...}", page_file, 0, true},
};

const struct http_route *api_routes(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
