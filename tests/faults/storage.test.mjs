// Redis stopped, killed, its disk full, its data gone, its site taken by another: what may be promised is promised, what
// may not is 503 and unapplied, danger is shown at once, and everything is right afterwards.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { Client as RedisClient } from '../lib/redis.mjs';
import { BOUND_MS, Client, DAY, MANUAL, MINUTE, SECOND, pause, run, startSite, tempDir, uuid, waitFor } from '../lib/site.mjs';
import { Hall, accepted, alarms, refused } from '../lib/hall.mjs';
import { csv, many } from '../lib/rosters.mjs';

const AT_ONCE_MS = 10 * SECOND; // "within the same second", ten times over for a slow machine

// A Redis of the test's own, in a directory that outlives it. With fsize its files cannot grow past so many bytes.
class Outer {
	constructor(t) {
		this.dir = tempDir(t);
		this.socket = path.join(this.dir, 'outer.sock');
		this.url = `unix://${this.socket}`;
		t.after(() => this.kill());
	}

	async start({ fsize, more = [] } = {}) {
		const limit = fsize ? `prlimit --fsize=${fsize}` : '';
		const args = ['--port', '0', '--unixsocket', this.socket, '--dir', this.dir, '--save', '""', '--appendonly', 'yes',
			'--appendfsync', 'always', '--auto-aof-rewrite-percentage', '0', ...more];
		this.process = spawn('/bin/sh', ['-c', `trap '' XFSZ; exec ${limit} redis-server ${args.join(' ')}`], {
			stdio: 'ignore', cwd: this.dir,
		});
		this.ended = new Promise((resolve) => this.process.on('close', resolve));
		await waitFor(async () => {
			this.client?.close();
			this.client = new RedisClient(this.socket);
			return this.client.command('PING').catch(() => false);
		}, 'a redis-server of the test');
		return this;
	}

	async kill() {
		this.client?.close();
		this.process?.kill('SIGKILL');
		await this.ended;
	}
}

// A hall with somebody in each situation that an outage must not hold up.
async function busyHall(options, t) {
	const site = await startSite({ clock: MANUAL, ...options }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const due = await hall.observing();
	const fled = await hall.bring('left_early');
	await site.advance(30 * MINUTE);
	const people = {
		due, fled,
		early: await hall.observing(), ill: await hall.observing(), walker: await hall.observing(), needled: await hall.injected(),
		served: await hall.served('registration', 'registration-1'), waiting: await hall.waiting(),
	};
	assert.equal((await staff.kiosk.unwell({ place: 'gate' })).status, 200);
	const [alarm] = await alarms(site.board, 'unwell');
	await site.advance(MINUTE); // nobody is scanned twice within ten seconds
	const alerts = await staff.exit.stream('alerts', { again: true });
	const seats = await staff.screen.stream('observation', { again: true });
	t.after(() => [alerts, seats].forEach((s) => s.close()));
	await alerts.until((s) => s.last.alerts, 'the first alarms');
	await seats.until((s) => s.last.observation, 'the first seats');
	return { site, staff, hall, people, alarm, alerts, seats };
}

// What must not wait, each as [client, path, body, code while away, status and code in the end].
function safetyActs({ staff, people, alarm }) {
	const { due, fled, early, ill, walker, needled } = people;
	return {
		unwell: [staff.kiosk, '/api/unwell', { code: ill.token }, 'unwell', 200, 'unwell'],
		'exit before due': [staff.exit, '/api/scan', { code: early.token }, 'not_due', 409, 'not_due'],
		'exit at due': [staff.exit, '/api/scan', { code: due.token }, 'unconfirmed', 200, 'release'],
		arrive: [staff.observation, `/api/visits/${needled.token}/arrive`, {}, 'arrive', 200, 'arrive'],
		'walked out': [staff.exit, `/api/visits/${walker.token}/walked_out`, {}, 'walked_out', 200, 'walked_out'],
		returned: [staff.exit, `/api/visits/${fled.token}/returned`, {}, 'returned', 200, 'returned'],
		acknowledge: [staff.treatment, `/api/alerts/${alarm.id}/acknowledge`, {}, undefined, 200, undefined],
	};
}

function ordinaryActs({ staff, site, people }) {
	return [
		[staff.kiosk, '/api/visits', { person: { name: '周', birth_date: '1970-01-01' }, language: 'en' }],
		[site.board, `/api/visits/${people.served.token}/finish`, {}],
		[site.board, '/api/desks/registration-2/call', {}],
		[staff.registration, '/api/scan', { code: people.waiting.token }],
		[site.board, `/api/visits/${people.early.token}/extend`, { minutes: 5, reason: 'x' }],
		[site.board, '/api/day/close', {}],
		[staff.kiosk, '/api/scan', { code: people.waiting.token }],
	];
}

const promised = (answer) => {
	assert.equal(answer.status, 503, answer.text);
	assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/, answer.text);
	assert.match(answer.headers['content-type'], /^application\/problem\+json/);
};

// From the moment Redis stops answering until it answers again.
async function outage(t, scene, goes, comesBack, before = undefined) {
	const { site, alerts, seats, people } = scene;
	const acts = safetyActs(scene);
	const sent = {};
	const refusedIds = [];
	before ??= await site.log();
	await goes();
	const went = Date.now();
	await t.test('danger is on the open stream at once, and answered 202 after a second', async () => {
		const answers = Promise.all(Object.entries(acts).map(async ([name, [client, target, body, code]]) => {
			sent[name] = { id: uuid(), ...body };
			const began = Date.now();
			const answer = await client.send('POST', target, sent[name]);
			assert.equal(answer.status, 202, `${name}: ${answer.status} ${answer.text}`);
			assert.equal(answer.body.outcome, 'noted', name);
			if (code) assert.equal(answer.body.code, code, `${name}: ${answer.text}`);
			assert.ok(Date.now() - began > 0.8 * SECOND, `${name} was answered after ${Date.now() - began} ms`);
			assert.ok(!/"(completed|release)"/.test(answer.text), `a release is neither shown nor named: ${answer.text}`);
		}));
		await alerts.untilAlert('unwell', people.ill.id, () => true, AT_ONCE_MS);
		await alerts.untilAlert('early_exit', people.early.id, () => true, AT_ONCE_MS);
		assert.ok(Date.now() - went < AT_ONCE_MS);
		await answers;
		assert.ok(alerts.alert('unwell', undefined).state === 'open' || !alerts.last.alerts.alerts.some((a) => a.state === 'acknowledged'),
			'an acknowledgement is not shown before it is on disk');
	});

	await t.test('after two seconds all else is 503 and not applied', async () => {
		await waitFor(async () => (await site.nobody().get('/readyz')).status === 503, 'not ready');
		for (const [client, target, body] of ordinaryActs(scene)) {
			const id = uuid();
			refusedIds.push(id);
			promised(await client.send('POST', target, { id, ...body }));
		}
		assert.equal((await site.nobody().get('/healthz')).status, 200);
		await alerts.untilAlert('storage_down');
		assert.ok(seats.last.observation.tickets.some((x) => x.number === people.due.number), 'a freed seat is not shown yet');
		const [client, target, , code] = acts['exit before due'];
		const again = await client.send('POST', target, sent['exit before due']);
		assert.equal(again.status, 202, again.text);
		assert.equal(again.body.code, code);
	});

	await comesBack();
	await t.test('back: what was noted stands, what was refused is nowhere, all answer again', async () => {
		await site.ready();
		await alerts.untilNoAlert('storage_down');
		for (const [name, [client, target, , , status, code]] of Object.entries(acts)) {
			const answer = await client.send('POST', target, sent[name]);
			assert.equal(answer.status, status, `${name}: ${answer.text}`);
			if (code) assert.equal(answer.body.code, code, name);
		}
		const events = await site.log();
		assert.deepEqual(events.slice(0, before.length), before);
		for (const [name, { id }] of Object.entries(sent)) {
			assert.equal(events.filter((e) => e.command === id && e.data.reply_as).length, 1, name);
		}
		for (const id of refusedIds) assert.ok(!events.some((e) => e.command === id), 'a 503 was applied');
		const states = { due: 'completed', fled: 'observing', early: 'observing', ill: 'unwell', walker: 'left_early',
			needled: 'observing', served: 'serving', waiting: 'queued' };
		for (const [name, state] of Object.entries(states)) {
			assert.equal((await site.board.visit(people[name].token)).state, state, name);
		}
		await seats.until((s) => !s.last.observation.tickets.some((x) => x.number === people.due.number), 'the freed seat');
		accepted(await site.board.act(people.served.token, 'finish'), 'finish', 'queued');
		assert.equal((await site.replay()).hash, (await site.clock()).hash);
	});
}

test('Redis stopped (SIGSTOP) and going on', async (t) => {
	const scene = await busyHall({}, t);
	const pid = scene.site.redisPid();
	await outage(t, scene, () => process.kill(pid, 'SIGSTOP'), () => process.kill(pid, 'SIGCONT'));
});

test('an external Redis killed and started again', async (t) => {
	const redis = await new Outer(t).start();
	const scene = await busyHall({ redis: redis.url }, t);
	await outage(t, scene, () => redis.kill(), () => redis.start());
});

test('a private Redis killed again and again while people come', async (t) => {
	const site = await startSite({ clock: MANUAL, retry: true }, t);
	const answered = [];
	let coming = true;
	const door = (async () => {
		while (coming) {
			const id = uuid();
			const answer = await site.board.post('/api/visits', { id, person: { name: '吴', birth_date: '1970-01-01' }, language: 'en' });
			assert.equal(answer.status, 201, answer.text);
			answered.push({ id, number: answer.body.ticket.number, text: answer.text });
		}
	})();
	for (let i = 0; i < 5; i++) {
		const so = answered.length;
		await waitFor(() => answered.length > so + 5, 'people');
		await site.killRedis9();
	}
	const so = answered.length;
	await waitFor(() => answered.length > so + 5, 'people after the last kill');
	coming = false;
	await door;
	assert.equal(new Set(answered.map((a) => a.number)).size, answered.length, 'every number once');
	const events = (await site.log()).filter((e) => e.type === 'checked_in');
	assert.deepEqual(events.map((e) => e.command), answered.map((a) => a.id));
	await site.kill9();
	await site.killRedis9();
	await site.start();
	await site.ready();
	assert.deepEqual((await site.log()).filter((e) => e.type === 'checked_in').map((e) => e.command), answered.map((a) => a.id));
});

test('the disk of Redis is full', async (t) => {
	const redis = await new Outer(t).start({ fsize: 200 * 1024 });
	const scene = await busyHall({ redis: redis.url }, t);
	const { site } = scene;
	const before = await site.log();
	const acknowledged = [];
	const notes = 'x'.repeat(400);
	for (;;) {
		const id = uuid();
		const body = { id, person: { name: '郑', birth_date: '1970-01-01', notes }, language: 'en' };
		const answer = await site.board.send('POST', '/api/visits', body);
		if (answer.status !== 201) {
			promised(answer);
			break;
		}
		acknowledged.push(id);
		assert.ok(acknowledged.length < 5000, 'the disk never filled');
	}
	assert.ok(acknowledged.length > 10);
	await redis.ended;
	await outage(t, scene, () => {}, () => redis.start(), before);
	const caused = (await site.log()).filter((e) => e.type === 'checked_in').map((e) => e.command);
	for (const id of acknowledged) assert.equal(caused.filter((c) => c === id).length, 1);
	assert.ok((await site.board.walkIn()).ticket);
});

test('answers under way when Redis goes are asked again under their id, and happen once', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await site.board.walkIn();
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	const bodies = Array.from({ length: 20 }, (_, i) => ({
		id: uuid(), person: { name: `孙${i}`, birth_date: '1970-01-01' }, language: 'en',
	}));
	const first = await Promise.all(bodies.map((body) => site.board.send('POST', '/api/visits', body)));
	for (const answer of first) promised(answer);
	process.kill(pid, 'SIGCONT');
	await site.ready();
	const numbers = new Set();
	for (const body of bodies) {
		const answer = await site.board.send('POST', '/api/visits', body);
		assert.equal(answer.status, 201, answer.text);
		numbers.add(answer.body.ticket.number);
	}
	assert.equal(numbers.size, bodies.length);
	assert.equal((await site.log()).filter((e) => e.type === 'checked_in').length, bodies.length + 1);
});

// --- ownership

async function everythingRefused(site, token) {
	const board = new Client(site, token);
	for (const answer of [
		await board.get('/api/views/board'), await board.get('/api/log'), await board.get('/api/devices'), await board.get('/api/day'),
		await board.post('/api/visits', { person: { name: '冯', birth_date: '1970-01-01' }, language: 'en' }),
		await board.unwell({ place: 'x' }),
		await new Client(site, 'not a token').get('/api/views/board'), await site.nobody().get('/api/day'),
		await board.get('/api/stream?views=alerts'), await board.send('POST', '/api/scan', 'not JSON'),
		await site.nobody().get('/api/openapi.json'), await site.nobody().get('/api/enrol/ABCDEFGHIJ.svg'),
	]) assert.equal(answer.status, 503, answer.text);
	assert.equal((await site.nobody().get('/readyz')).status, 503);
}

test('a second server takes the site; the first answers 503 to everything', async (t) => {
	const redis = await new Outer(t).start();
	const first = await startSite({ clock: MANUAL, redis: redis.url }, t);
	const { token } = first.board;
	const hall = new Hall(first);
	const someone = await hall.waiting();
	const stream = await first.board.stream('alerts');

	// People keep coming while the site changes hands.
	const answered = [];
	let coming = true;
	const door = (async () => {
		while (coming) {
			const id = uuid();
			const body = { id, person: { name: '陈', birth_date: '1970-01-01' }, language: 'en' };
			const answer = await first.board.send('POST', '/api/visits', body).catch(() => undefined);
			if (answer?.status === 201) answered.push(id);
			else if (answer) assert.equal(answer.status, 503, answer.text);
		}
	})();
	await waitFor(() => answered.length > 10, 'people');
	const dir = tempDir(t);
	fs.copyFileSync(path.join(first.dir, 'ticket.key'), path.join(dir, 'ticket.key'));
	const second = await startSite({ clock: MANUAL, redis: redis.url, dir, setup: false }, t);
	assert.equal(second.setupCode, undefined, 'it has its board from the log');
	await waitFor(async () => (await first.board.get('/api/day').catch(() => ({}))).status === 503, 'the first is deposed');
	coming = false;
	await door;

	await t.test('the first', async () => {
		await everythingRefused(first, token);
		await stream.untilCut();
	});

	const board = new Client(second, token);
	second.board = board;
	await t.test('the second has all that was acknowledged, once', async () => {
		const caused = (await second.log()).filter((e) => e.type === 'checked_in').map((e) => e.command);
		for (const id of answered) assert.equal(caused.filter((c) => c === id).length, 1);
		assert.equal(new Set(caused).size, caused.length);
		accepted(await board.act(someone.token, 'start', { desk: 'registration-1' }), 'start', 'serving');
	});

	await t.test('the first does not come back by itself, and takes the site again when told to', async () => {
		assert.equal((await second.stop()).code, 0);
		await pause(3 * SECOND); // longer than it looks after its ownership
		await everythingRefused(first, token);
		assert.equal((await first.stop()).code, 0);
		await first.start({ setup: false });
		await first.ready();
		assert.equal((await first.board.visit(someone.token)).state, 'serving');
	});
});

test('an owner that slept through a takeover wakes up deposed', async (t) => {
	const redis = await new Outer(t).start();
	const first = await startSite({ clock: MANUAL, redis: redis.url }, t);
	await first.board.walkIn();
	const stream = await first.board.stream('board');
	await stream.until((x) => x.last.board, 'the first picture');
	first.child.kill('SIGSTOP');
	const late = first.board.send('POST', '/api/visits', { id: uuid(), person: { name: '褚', birth_date: '1970-01-01' }, language: 'en' });
	const second = await startSite({ clock: MANUAL, redis: redis.url, dir: tempDir(t), setup: false }, t);
	second.board = new Client(second, first.board.token);
	await second.board.walkIn();
	first.child.kill('SIGCONT');
	assert.equal((await late).status, 503);
	await stream.untilCut();
	await everythingRefused(first, first.board.token);
	assert.equal((await first.stop()).code, 0, 'also with a picture that waited for the disk');
	assert.equal((await second.log()).filter((e) => e.type === 'checked_in').length, 2);
});

test('PINs are being checked when another takes the site: nobody is told that the device is none', async (t) => {
	const redis = await new Outer(t).start();
	const config = { roles: { vaccinator: { pin: true } }, sign_on: { tries: 20 } };
	const first = await startSite({ clock: MANUAL, redis: redis.url, config, unstaffed: true }, t);
	const devices = [];
	for (let i = 0; i < 8; i++) devices.push(await first.device('handheld', `h ${i}`, 'injection-1'));
	const answers = [];
	const guess = async (device, i) => {
		const badge = 'A'.repeat(23) + 'ABCDEFGH'[i]; // each its own, so that none waits for another's check
		for (let status = 0; status !== 503;) {
			const answer = await device.once('POST', '/api/session', { badge, pin: '1234' });
			({ status } = answer);
			answers.push(status);
		}
	};
	const guessing = Promise.all(devices.map(guess));
	await waitFor(() => answers.length > devices.length, 'checks');
	await startSite({ clock: MANUAL, redis: redis.url, dir: tempDir(t), setup: false }, t);
	await guessing;
	assert.deepEqual([...new Set(answers)].filter((status) => ![403, 429].includes(status)), [503]);
});

// A load that is under way when something happens to the server: how it was answered.
async function loadMeanwhile(site, happens) {
	const events = async () => Number(/^vaxline_events_total (\d+)$/m.exec((await site.nobody().get('/metrics')).text)[1]);
	await site.board.walkIn();
	const start = await events();
	const load = site.board.roster(csv(many(10_000)));
	await waitFor(async () => (await events()) > start + 200, 'part of the load');
	await happens();
	return load;
}

test('a roster is being loaded when another takes the site: loaded whole before that, or not at all', async (t) => {
	const redis = await new Outer(t).start();
	const first = await startSite({ clock: MANUAL, redis: redis.url }, t);
	let second;
	const answer = await loadMeanwhile(first, async () => {
		second = await startSite({ clock: MANUAL, redis: redis.url, dir: tempDir(t), setup: false }, t);
	});
	second.board = new Client(second, first.board.token);
	if (answer.status !== 200) promised(answer);
	const { body } = await second.board.get('/api/roster');
	assert.equal(body.expected, answer.status === 200 ? 10_000 : 0, answer.text);
	assert.equal((await first.stop()).code, 0);
	assert.equal((await second.board.roster(csv(many(10_000)))).status, 200);
	assert.equal((await second.board.get('/api/roster')).body.expected, 10_000);
});

test('a roster is being loaded when the log is lost, and when the server is told to stop', async (t) => {
	const redis = await new Outer(t).start();
	const lost = await startSite({ clock: MANUAL, redis: redis.url }, t);
	const cut = await loadMeanwhile(lost, () => redis.client.command('FLUSHALL'));
	if (cut.status !== 200) promised(cut);
	assert.equal((await lost.stop()).code, 0);

	const site = await startSite({ clock: MANUAL }, t);
	let how;
	const answer = await loadMeanwhile(site, () => {
		how = site.stop();
	});
	assert.equal(answer.status, 200, answer.text);
	assert.equal((await how).code, 0);
	await site.start();
	await site.ready();
	assert.equal((await site.board.get('/api/roster')).body.expected, 10_000);
});

test('two on one directory: the second is told so', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const out = await run(['serve', '--config', site.configFile, '--data', site.dir, '--listen', '127.0.0.1:0']);
	assert.notEqual(out.code, 0);
	assert.ok(out.stderr.includes(site.dir), out.stderr);
	assert.ok(!out.stdout.includes('listening'));
	assert.ok((await site.board.walkIn()).ticket, 'the first goes on');
});

// --- losses

// It must not start: its words on standard error.
async function doesNotStart(site) {
	const args = site.args();
	const out = await run(args);
	assert.notEqual(out.code, 0, out.stdout);
	assert.equal(out.signal, null);
	assert.ok(!out.stdout.includes('listening'), out.stdout);
	return out.stderr;
}

test('FLUSHALL on a live link: storage_lost, 503, and no new site in its place', async (t) => {
	const redis = await new Outer(t).start();
	const site = await startSite({ clock: MANUAL, redis: redis.url }, t);
	const someone = await new Hall(site).waiting();
	const stream = await site.board.stream('alerts');
	t.after(() => stream.close());
	await stream.until((s) => s.last.alerts, 'the first picture');
	await redis.client.command('FLUSHALL');
	const answer = await site.board.post('/api/scan', { code: someone.token });
	assert.equal(answer.status, 503, answer.text);
	const alert = await stream.untilAlert('storage_lost');
	assert.equal(alert.urgency, 3);
	promised(await site.board.post('/api/visits', { person: { name: '卫', birth_date: '1970-01-01' }, language: 'en' }));
	assert.equal((await site.nobody().get('/readyz')).status, 503);
	assert.equal(await redis.client.command('DBSIZE'), 0, 'nothing was written in its place');
	await site.kill9();
	const said = await doesNotStart(site);
	assert.match(said, /head|lost|missing|less|gone/i);
	assert.equal(await redis.client.command('DBSIZE'), 0);
});

test('a data directory against an empty Redis does not start', async (t) => {
	const [one, other] = [await new Outer(t).start(), await new Outer(t).start()];
	const site = await startSite({ clock: MANUAL, redis: one.url }, t);
	await site.board.walkIn();
	await site.stop();
	site.options.redis = other.url;
	await doesNotStart(site);
	assert.equal(await other.client.command('DBSIZE'), 0);
	site.options.redis = one.url;
	await site.start();
	await site.ready();
	assert.equal((await site.log()).filter((e) => e.type === 'checked_in').length, 1);
});

test('the files of the private Redis gone while the server was down', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await site.board.walkIn();
	await site.stop();
	const files = path.join(site.dir, 'redis');
	assert.ok(fs.readdirSync(files).length > 0);
	fs.rmSync(files, { recursive: true });
	await doesNotStart(site);
	assert.equal(site.redisPid(), undefined, 'it leaves no redis-server behind');
});

test('a new data directory against the old Redis takes up the site', async (t) => {
	const redis = await new Outer(t).start();
	const site = await startSite({ clock: MANUAL, redis: redis.url }, t);
	const hall = new Hall(site);
	await hall.observing();
	await hall.bring('left');
	const { hash } = await site.clock();
	const log = await site.log();
	await site.stop();
	const dir = tempDir(t);
	fs.copyFileSync(path.join(site.dir, 'ticket.key'), path.join(dir, 'ticket.key'));
	const same = await startSite({ clock: MANUAL, redis: redis.url, dir, setup: false }, t);
	same.board = new Client(same, site.board.token);
	assert.equal((await same.clock()).hash, hash);
	assert.deepEqual(await same.log(), log);
	await same.stop();

	// With a new key there are new badges: nobody is signed on with the old ones.
	const moved = await startSite({ clock: MANUAL, redis: redis.url, dir: tempDir(t), setup: false }, t);
	moved.board = new Client(moved, site.board.token);
	const after = await moved.log();
	assert.deepEqual(after.slice(0, log.length), log);
	const told = after.slice(log.length).map((e) => (e.type === 'signed_off' ? e.data.sign_off : e.type));
	assert.deepEqual([...new Set(told)].sort(), ['removed', 'staff_listed']);
	assert.equal((await moved.board.get(`/api/log?day=${DAY}`)).status, 200);
	assert.ok((await moved.board.walkIn()).ticket);
});

test('a start waits for a Redis that is not there yet, and tells that it is not ready', async (t) => {
	const redis = new Outer(t);
	const site = await startSite({ clock: MANUAL, redis: (await redis.start()).url }, t);
	await site.board.walkIn();
	await site.stop();
	await redis.kill();
	const starting = site.start({ bound: BOUND_MS });
	starting.catch(() => {});
	await pause(SECOND);
	await redis.start();
	await starting;
	await site.ready();
	assert.equal((await site.log()).filter((e) => e.type === 'checked_in').length, 1);
	refused(await site.board.scan('x'), 'ticket_unknown');
});

test('a Redis by TCP with a password, and with a wrong one', async (t) => {
	const port = await new Promise((resolve) => {
		const probe = net.createServer().listen(0, '127.0.0.1', () => {
			const free = probe.address().port;
			probe.close(() => resolve(free));
		});
	});
	const redis = await new Outer(t).start({ more: ['--port', port, '--bind', '127.0.0.1'] });
	await redis.client.command('CONFIG', 'SET', 'requirepass', 's3cret');
	const site = await startSite({ clock: MANUAL, redis: `redis://:s3cret@127.0.0.1:${port}` }, t);
	await site.board.walkIn();
	assert.ok(!site.stderr.includes('s3cret'), 'the password is not in the log');
	await site.stop();
	site.options.redis = `redis://:wrong@127.0.0.1:${port}`;
	const said = await doesNotStart(site);
	assert.match(said, /WRONGPASS|password|NOAUTH/i);
	assert.ok(!said.includes('wrong@'));
});
