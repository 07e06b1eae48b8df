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

#define ON_PUBLIC (1u << HTTP_PUBLIC)
#define ON_PLAIN (1u << HTTP_PLAIN)

/*
 * The last column: attendees' phones reach it too, by the public listener; and what is served without TLS, to them, to
 * displays (no other device is heard there: caller.c), and to whoever shall come to trust the site's CA.
 */
static const struct http_route routes[] = {
	{POST, "/api/scan", api_scan, 0, 0},
	{POST, "/api/visits/{ref}/{action}", api_visit_act, 0, ON_PUBLIC | ON_PLAIN},
	{POST, "/api/unwell", api_unwell, 0, ON_PUBLIC | ON_PLAIN},
	{GET, "/api/visits/{ref}", api_visit_show, 0, 0},
	{POST, "/api/visits", api_check_in, 0, 0},
	{POST, "/api/visits/find", api_visits_find, 0, 0},
	{POST, "/api/desks/{desk}/{action}", api_desk_act, 0, 0},
	{POST, "/api/alerts/{id}/{action}", api_alert_act, 0, 0},
	{GET, "/api/stream", api_stream, 0, ON_PUBLIC | ON_PLAIN},
	{GET, "/api/views/{view}", api_view, 0, ON_PUBLIC | ON_PLAIN},
	{GET, "/api/tickets/{file}", api_ticket_qr, 0, ON_PUBLIC | ON_PLAIN},
	{POST, "/api/enrol", api_enrol, 0, ON_PLAIN},
	{GET, "/api/enrol/{file}", api_enrol_qr, 0, 0},
	{GET, "/api/devices", api_devices_list, 0, 0},
	{POST, "/api/devices", api_devices_invite, 0, 0},
	{PUT, "/api/devices/{id}", api_devices_move, 0, 0},
	{DELETE, "/api/devices/{id}", api_devices_revoke, 0, 0},
	{GET, "/api/tls", api_tls, 0, 0},
	{GET, "/api/ca", api_ca, 0, ON_PLAIN},
	{GET, "/api/ca.svg", api_ca_qr, 0, ON_PLAIN},
	{POST, "/api/session", api_sign_on, 0, 0},
	{GET, "/api/session", api_session_show, 0, 0},
	{DELETE, "/api/session", api_sign_off, 0, 0},
	{GET, "/api/staff", api_staff_list, 0, 0},
	{GET, "/api/badges/{file}", api_badge_qr, 0, 0},
	{GET, "/api/site", api_site_show, 0, 0},
	{POST, "/api/site/{action}", api_site_act, 0, 0},
	{GET, "/api/roster", api_roster_show, 0, 0},
	{POST, "/api/roster", api_roster_load, ROSTER_MAX_BYTES, 0},
	{GET, "/api/day", api_day_show, 0, 0},
	{POST, "/api/day/close", api_day_close, 0, 0},
	{GET, "/api/log", api_log, 0, 0},
	{GET, "/api/clock", api_clock_show, 0, 0},
	{POST, "/api/clock", api_clock_move, 0, 0},
	{GET, "/api/openapi.json", api_openapi, 0, 0},
	{GET, "/healthz", api_healthz, 0, 0},
	{GET, "/readyz", api_readyz, 0, 0},
	{GET, "/metrics", api_metrics, 0, 0},
	{GET, "/", page_root, 0, ON_PLAIN},
	{GET, "/setup", page_setup, 0, 0},
	{GET, "/enrol", page_enrol, 0, ON_PLAIN},
	{GET, "/board", page_board, 0, 0},
	{GET, "/badges", page_badges, 0, 0},
	{GET, "/ca", page_ca, 0, ON_PLAIN},
	{GET, "/ca.crt", page_ca_file, 0, ON_PLAIN},
	{GET, "/t/{code}", page_ticket, 0, ON_PUBLIC | ON_PLAIN},
	{GET, "/T/{code}", page_ticket, 0, ON_PUBLIC | ON_PLAIN}, /* as a QR writes it */
	{GET, "/pages/{file...}", page_file, 0, ON_PUBLIC | ON_PLAIN},
};

const struct http_route *api_routes(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
