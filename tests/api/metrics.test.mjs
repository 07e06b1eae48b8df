// The metrics say what the test did, in a form that Prometheus reads.
import assert from 'node:assert/strict';
import net from 'node:net';
import os from 'node:os';
import test from 'node:test';
import { MANUAL, MINUTE, bounded, exchange, run, startSite, waitFor } from '../lib/site.mjs';
import { Hall, accepted, refused } from '../lib/hall.mjs';
import { Metrics, metricsOf } from '../lib/metrics.mjs';

const REQUESTS = 'vaxline_http_requests_total';
const TOOK = 'vaxline_http_request_duration_seconds';

// By how much each sample of a name grew, without those that did not.
function grown(before, after, name) {
	const out = {};
	for (const { labels, value } of after.families.get(name).samples) {
		const by = value - before.get(name, labels);
		if (by) out[Object.values(labels).join(' ')] = by;
	}
	return out;
}

// What the server says to bytes that are no request.
function spoken(port, bytes) {
	const told = new Promise((resolve, reject) => {
		let text = '';
		const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
		socket.setEncoding('utf8').on('data', (piece) => (text += piece)).on('end', () => resolve(text)).on('error', reject);
	});
	return bounded(told, 'an answer');
}

test('requests by route, method and status', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const nobody = site.nobody();
	const before = await metricsOf(site);

	const { ticket, visit } = await staff.kiosk.walkIn();
	for (let i = 0; i < 3; i++) await nobody.get('/healthz');
	await nobody.send('HEAD', '/healthz');
	await site.board.get(`/api/visits/${ticket.token}`);
	await site.board.get(`/api/visits/${visit.number}`);
	assert.equal((await nobody.get(`/api/visits/${ticket.token}`)).status, 401);
	refused(await staff.exit.act(ticket.token, 'release'), 'forbidden', 403);
	assert.equal((await nobody.get('/nothing/here')).status, 404);
	assert.equal((await nobody.get('/nothing/there')).status, 404);
	assert.equal((await nobody.send('DELETE', '/healthz')).status, 405);
	assert.match(await spoken(site.port, 'GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n'), /^HTTP\/1.1 400 /);

	const after = await metricsOf(site);
	const counted = grown(before, after, REQUESTS);
	assert.deepEqual(counted, {
		'/api/visits POST 201': 1, '/healthz GET 200': 4, '/api/visits/{ref} GET 200': 2, '/api/visits/{ref} GET 401': 1,
		'/api/visits/{ref}/{action} POST 403': 1, 'none none 404': 2, 'none none 405': 1, 'none none 400': 1,
		'/metrics GET 200': 1, // the one before; this one is counted when it is written
	});
	const labels = { route: '/healthz', method: 'GET' };
	assert.equal(after.get(`${TOOK}_count`, labels) - before.get(`${TOOK}_count`, labels), 4);
	for (const { labels: { route, method } } of after.families.get(REQUESTS).samples) {
		const answers = after.families.get(REQUESTS).samples.filter((s) => s.labels.route === route && s.labels.method === method);
		assert.equal(after.get(`${TOOK}_count`, { route, method }), answers.reduce((n, s) => n + s.value, 0), route);
	}
	const out = await run(['routes']);
	const routes = new Set(out.stdout.trim().split('\n').concat('none none'));
	for (const { labels: { route, method } } of after.families.get(REQUESTS).samples) {
		assert.ok(routes.has(route === 'none' ? 'none none' : `${method} ${route}`), `${method} ${route} is a row of the table`);
	}
});

test('commands, commits, the hall and its alarms', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { observation: { seats: 12 } } }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	await hall.waiting(); // opens the day
	await site.board.signOn();
	const before = await metricsOf(site);
	const logged = (await site.log()).length;

	await hall.waiting();
	await hall.waiting('consent');
	const seated = await hall.observing();
	const away = await hall.injected();
	refused(await staff.exit.scan(seated.token), 'not_due');
	await site.board.unwell({ place: 'row 2' });
	await site.board.unwell({ place: 'row 5' });
	await site.advance(5 * MINUTE);
	await hall.observing();
	const after = await metricsOf(site);

	const verdicts = grown(before, after, 'vaxline_commands_total');
	assert.equal(verdicts.not_due, 1);
	const told = (await site.log()).slice(logged);
	const { alerts } = await site.board.view('alerts');
	await t.test('every accepted command once', () => {
		const commands = new Set(told.filter((e) => e.command).map((e) => e.command));
		// The server's own: what it has noticed of devices.
		const own = told.filter((e) => e.type === 'alert_raised' && e.data.kind === 'device_silent').length;
		assert.equal(verdicts.accepted + verdicts.not_due, commands.size + own, JSON.stringify(verdicts));
	});
	await t.test('every event once, in commits', () => {
		assert.equal(grown(before, after, 'vaxline_events_total')[''], told.length);
		for (const name of ['vaxline_commit_duration_seconds', 'vaxline_commit_size_bytes', 'vaxline_commit_events']) {
			assert.equal(after.get(`${name}_count`), after.get('vaxline_commit_events_count'), name);
		}
		assert.equal(after.get('vaxline_commit_events_sum'), after.get('vaxline_events_total'), 'all are on disk');
		assert.ok(after.get('vaxline_commit_size_bytes_sum') > 100 * told.length);
		assert.equal(after.get('vaxline_journal_pending_bytes'), 0);
	});
	await t.test('visits by state, queues, seats', async () => {
		const board = await site.board.view('board');
		assert.deepEqual(after.by('vaxline_queue_length', 'stage'), { registration: 2, consent: 1, injection: 0 });
		const states = after.by('vaxline_visits', 'state');
		assert.equal(states.queued, 3);
		assert.equal(states.observing, 1);
		assert.equal(states.injected, 1);
		assert.equal(states.left_early, 1);
		assert.equal(Object.values(states).reduce((a, b) => a + b), 6);
		for (const [state, n] of Object.entries(board.totals.by_state)) assert.equal(states[state], n, state);
		assert.equal(after.get('vaxline_seats'), 12);
		assert.equal(after.get('vaxline_seats_taken') + after.get('vaxline_seats_free'), 12);
		assert.equal(after.get('vaxline_seats_taken'), 1);
		assert.equal(after.get('vaxline_seats_committed'), board.seats.committed);
		assert.equal(after.get('vaxline_injections'), 3);
		assert.equal(after.get('vaxline_held'), 0);
		accepted(await site.board.post('/api/site/hold', { reason: 'x' }));
		assert.equal((await metricsOf(site)).get('vaxline_held'), 1);
		accepted(await site.board.post('/api/site/resume'));
		assert.equal((await metricsOf(site)).get('vaxline_held'), 0);
		const rooms = after.by('vaxline_room_people', 'stage');
		for (const [stage, people] of Object.entries(rooms)) {
			assert.equal(people, board.stages[stage].people, stage);
			assert.equal(after.get('vaxline_room_capacity', { stage }), board.stages[stage].capacity ?? 0, stage);
		}
		assert.equal(Object.values(rooms).reduce((a, b) => a + b), 3);
	});
	await t.test('open alarms by kind, also acknowledged ones, and no settled ones', async () => {
		const kinds = after.by('vaxline_alerts_open', 'kind');
		assert.equal(kinds.unwell, 2);
		assert.equal(kinds.early_exit, 1);
		assert.equal(kinds.never_arrived, 1);
		assert.equal(Object.values(kinds).reduce((a, b) => a + b), alerts.length);
		accepted(await site.board.act(away.token, 'arrive'), 'arrive');
		assert.equal((await metricsOf(site)).get('vaxline_alerts_open', { kind: 'never_arrived' }), 0);
		const { id } = alerts.find((a) => a.kind === 'unwell');
		accepted(await site.board.post(`/api/alerts/${id}/acknowledge`));
		assert.equal((await metricsOf(site)).get('vaxline_alerts_open', { kind: 'unwell' }), 2);
	});
	await t.test('streams, connections, devices', async () => {
		const stream = await staff.exit.stream('alerts');
		const open = await metricsOf(site);
		assert.equal(open.get('vaxline_streams'), 1);
		assert.ok(open.get('vaxline_connections') >= 2);
		assert.equal(open.get('vaxline_streams_dropped_total'), 0);
		stream.close();
		await waitFor(async () => (await metricsOf(site)).get('vaxline_streams') === 0, 'the end of the stream');
		const devices = open.by('vaxline_devices', 'kind');
		assert.deepEqual(devices, {
			kiosk: 1, handheld: 5, display: 1, observation: 1, exit: 1, board: 1, agent: 0, program: 1,
		});
		const listed = (await site.board.get('/api/devices')).body.devices;
		const kiosk = listed.find((d) => d.kind === 'kiosk');
		assert.equal((await site.board.send('DELETE', `/api/devices/${kiosk.id}`, {})).status, 200);
		assert.equal((await metricsOf(site)).get('vaxline_devices', { kind: 'kiosk' }), 0);
	});
	await t.test('the process and the build', async () => {
		const now = await metricsOf(site);
		const { stdout } = await run(['--version']);
		assert.equal(now.get('vaxline_build_info', { version: stdout.trim().replace('vaxline ', '') }), 1);
		assert.equal(now.get('vaxline_ready'), 1);
		assert.equal(now.get('vaxline_epoch'), 1);
		assert.ok(now.get('process_resident_memory_bytes') > 2 ** 20);
		assert.ok(now.get('process_virtual_memory_bytes') > now.get('process_resident_memory_bytes'));
		assert.ok(now.get('process_open_fds') > 5 && now.get('process_open_fds') <= now.get('process_max_fds'));
		assert.ok(now.get('process_cpu_seconds_total') > 0);
		assert.ok(Math.abs(now.get('process_start_time_seconds') - Date.now() / 1000) < 600);
	});
	await t.test('after a restart the hall is as it was, and counting begins anew', async () => {
		const hallOf = (m) => ['vaxline_visits', 'vaxline_queue_length', 'vaxline_alerts_open', 'vaxline_devices', 'vaxline_seats_taken']
			.map((name) => m.families.get(name).samples);
		const last = await metricsOf(site);
		await site.restart();
		await site.ready();
		const first = await metricsOf(site);
		assert.deepEqual(hallOf(first), hallOf(last));
		assert.equal(first.get('vaxline_epoch'), 2);
		assert.ok(first.get('vaxline_events_total') < 5);
		assert.deepEqual(first.by(REQUESTS, 'route')['/api/scan'], undefined);
	});
});

test('a stream whose reader does not read is dropped, counted and told', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const stream = await site.board.stream('board,alerts');
	const socket = stream.request.socket;
	socket.pause();
	stream.request.res?.pause();
	await waitFor(async () => {
		await Promise.all(Array.from({ length: 40 }, () => site.board.unwell({ place: 'x'.repeat(60) })));
		return (await metricsOf(site)).get('vaxline_streams_dropped_total') === 1;
	}, 'the end of a reader that does not read', 120_000);
	assert.equal((await metricsOf(site)).get('vaxline_streams'), 0);
	const line = await waitFor(() => / warn reader_dropped .*$/m.exec(site.stderr)?.[0], 'a line in the log');
	assert.match(line, / what="stream" route="\/api\/stream" behind_bytes="\d+"$/);
});

test('metrics are for the machine itself', async (t) => {
	const args = ['--listen', '0.0.0.0:0', '--listen-public', '127.0.0.1:0'];
	const site = await startSite({ clock: MANUAL, tls: true, args, enrol: false }, t);
	const { ca } = site;
	const metrics = (host, port = site.port) => exchange(port, { path: '/metrics', host, ca });
	const inside = await metrics('127.0.0.1');
	assert.equal(inside.status, 200);
	assert.ok(new Metrics(inside.text).families.size > 20);
	const port = await waitFor(() => /listening_public port="(\d+)"/.exec(site.stderr)?.[1], 'the public listener');
	assert.equal((await metrics('127.0.0.1', Number(port))).status, 404);
	const outside = Object.values(os.networkInterfaces()).flat().filter((i) => !i.internal && i.family === 'IPv4');
	for (const { address } of outside) {
		const answer = await metrics(address);
		assert.equal(answer.status, 403, `${address}: ${answer.text}`);
		assert.equal(answer.body.code, 'forbidden');
		assert.equal((await exchange(site.port, { path: '/healthz', host: address, ca })).status, 200);
	}
});
