// Every row of the alarm table at its edge: a moment before nothing, at the threshold one alarm, whatever became of the
// server in between - killed before, at, or after that moment, or away while it passed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROWS, byHand } from '../lib/alarm_rows.mjs';
import { Hall, accepted } from '../lib/hall.mjs';
import { Redis } from '../lib/redis.mjs';
import { BOUND_MS, MANUAL, MINUTE, ROOT, SECOND, pause, startSite, tempDir, waitFor } from '../lib/site.mjs';

const HOUR = 3600_000;
const iso = (ms) => new Date(ms).toISOString();
const merge = (...all) => all.reduce((a, b) => {
	for (const [key, value] of Object.entries(b ?? {})) a[key] = { ...a[key], ...value };
	return a;
}, {});

// --- a site for one row

async function open(t, row, config) {
	const site = await startSite({ clock: MANUAL, retry: true, config }, t);
	const { board } = site;
	const staff = row.lonely ? {} : await site.staff();
	if (!row.lonely) staff.second = await site.device('kiosk', 'second');
	await board.walkIn({}, { companions: 0 }).then(({ ticket }) => board.act(ticket.token, 'leave')); // the day is open
	return { site, board, staff, hall: new Hall(site) };
}

// The server is killed, and another starts at that time.
async function again({ site }, at, config = undefined) {
	await site.kill9();
	site.options.clock = `manual:${iso(at)}`;
	if (config) site.configure(config);
	await site.start();
	await site.ready();
	assert.equal((await site.clock()).now, at);
}

const now = async (scene) => (await scene.site.clock()).now;

// Somebody or something that the row is about, from here on in the log.
async function arranged(scene, arrange, limits, raises = true) {
	const from = (await scene.site.log()).length;
	return Object.assign(await arrange(scene, limits, raises), { from });
}

// --- what is to be seen

const shown = async ({ board }, kind, { subject }) => (await board.view('alerts')).alerts
	.filter((a) => a.kind === kind && (a.visit ?? a.stage ?? a.device) === subject);

const recorded = async ({ site }, kind, { subject, from }) => (await site.log()).slice(from)
	.filter((e) => e.type.startsWith('alert_') && e.data.kind === kind)
	.filter((e) => e.visit === subject || e.data.alert.startsWith(`${kind}-${subject}-`));

async function none(scene, kind, who, why) {
	assert.deepEqual(await shown(scene, kind, who), [], why);
	assert.deepEqual((await recorded(scene, kind, who)).map((e) => e.type), [], why);
}

const words = (row) => row.settledBy ?? [...new Set(Object.keys(row.ways).map((way) => way.split(':')[0]))];

// Just one, raised once, as it has to be. due: of an alarm from time.
async function one(scene, kind, who, row, why, due = undefined) {
	const [alarm, ...more] = await shown(scene, kind, who);
	assert.ok(alarm, `${why}: no ${kind} about ${who.subject}`);
	assert.deepEqual(more, [], why);
	const [raised, ...others] = await recorded(scene, kind, who);
	assert.equal(raised?.type, 'alert_raised', why);
	assert.deepEqual(others.filter((e) => ['alert_raised', 'alert_repeated'].includes(e.type)), [], why);
	assert.equal(alarm.id, raised.data.alert, why);
	assert.equal(alarm.id, due ? `${kind}-${who.subject}-${due}` : raised.id, why);
	assert.equal(alarm.raised_at, due ? iso(due) : raised.at, why);
	if (due) assert.deepEqual([raised.at, raised.command], [iso(due), null], why);
	else assert.ok(raised.command, why);
	assert.deepEqual([alarm.count, alarm.state, alarm.urgency], [1, 'open', row.urgency], why);
	assert.deepEqual([...alarm.settled_by].sort(), words(row).sort(), why);
	who.alarm = alarm;
	return alarm;
}

async function settle(scene, kind, who, row, name) {
	const { settle: way, outcome } = typeof row.ways[name] === 'function' ? { settle: row.ways[name] } : row.ways[name];
	await way(scene, who);
	assert.deepEqual(await shown(scene, kind, who), [], `settled: ${name}`);
	const ends = (await recorded(scene, kind, who)).filter((e) => e.type === 'alert_settled');
	assert.deepEqual(ends.map((e) => [e.data.alert, e.data.outcome]), [[who.alarm.id, outcome ?? name]], name);
	await again(scene, await now(scene));
	assert.deepEqual(await shown(scene, kind, who), [], `settled, and the server killed: ${name}`);
	await scene.after?.();
	scene.after = undefined;
}

async function same(scene) {
	assert.equal((await scene.site.replay()).hash, (await scene.site.clock()).hash);
}

// --- alarms from time

async function fromTime(t, kind, row, of, limits) {
	const scene = await open(t, row, limits.config);
	const { site } = scene;
	const [way] = Object.keys(row.ways);
	const due = (who, restarted) => (restarted && of.afresh ? of.afresh(who, restarted, limits) : who.due);
	const ends = (who) => settle(scene, kind, who, row, way);
	const reach = async (who, at, why) => {
		await site.advanceTo(at - 1);
		await none(scene, kind, who, `${why}: a millisecond before`);
		await site.advance(1);
	};

	await t.test('before and at', async () => {
		const who = await arranged(scene, of.arrange, limits);
		await reach(who, who.due, 'plain');
		of.also?.(await one(scene, kind, who, row, 'at', who.due));
		await site.advance(HOUR / 6);
		await one(scene, kind, who, row, 'later', who.due);
		await ends(who);
	});

	await t.test('killed once raised, seen by nobody', async () => {
		const who = await arranged(scene, of.arrange, limits);
		await reach(who, who.due, 'to be killed');
		await again(scene, who.due);
		await one(scene, kind, who, row, 'after', who.due);
		await ends(who);
	});

	await t.test('killed a moment before', async () => {
		const who = await arranged(scene, of.arrange, limits);
		await site.advanceTo(who.due - 1);
		await again(scene, who.due - 1);
		const at = due(who, who.due - 1);
		await reach(who, at, 'by the new one');
		await one(scene, kind, who, row, 'by the new one', at);
		await ends(who);
	});

	if (!of.afresh) {
		await t.test('killed while it is raised', async () => {
			const who = await arranged(scene, of.arrange, limits);
			await site.advanceTo(who.due - 1);
			const going = site.advance(1).catch(() => {});
			await again(scene, who.due);
			await going;
			await one(scene, kind, who, row, 'after', who.due);
			await ends(who);
		});
	}

	await t.test('away while it fell due', async () => {
		const who = await arranged(scene, of.arrange, limits);
		const back = who.due + HOUR / 2;
		const at = due(who, back);
		await again(scene, back);
		if (of.afresh) await reach(who, at, 'back');
		await one(scene, kind, who, row, 'back', at);
		await again(scene, Math.max(back, at));
		await one(scene, kind, who, row, 'back again', at);
		await ends(who);
	});

	await t.test('the configuration changes on the way, and while it is open', async () => {
		const other = row.limits.find((l) => l !== limits);
		const who = await arranged(scene, of.arrange, limits);
		const start = await now(scene);
		await again(scene, start, other.config);
		const at = of.afresh ? of.afresh(who, start, other) : who.due - limits.limit + other.limit;
		await reach(who, at, 'by the other limit');
		await one(scene, kind, who, row, 'by the other limit', at);
		await again(scene, at, limits.config);
		if (row.overByLimit && limits.limit > other.limit) {
			assert.deepEqual(await shown(scene, kind, who), [], 'not so long, by that limit');
			who.from = (await site.log()).length;
			await reach(who, who.due, 'by the first limit');
			await one(scene, kind, who, row, 'by the first limit', who.due);
		} else {
			await site.advance(HOUR / 2);
			await one(scene, kind, who, row, 'still the one', at);
		}
		await ends(who);
	});
	await same(scene);
}

// --- alarms from acts

async function fromAct(t, kind, row, of, limits) {
	const scene = await open(t, row, limits.config);
	const { site } = scene;
	const [way] = Object.keys(row.ways);
	const ready = async (raises) => {
		const who = await arranged(scene, of.arrange, limits, raises);
		const at = raises ? who.at : who.other;
		if (at) await site.advanceTo(at);
		await none(scene, kind, who, 'before the act');
		return who;
	};

	if (row !== ROWS.unwell) {
		await t.test('the act just inside', async () => {
			const who = await ready(false);
			await of.act(scene, who);
			await none(scene, kind, who, 'inside');
			await again(scene, await now(scene));
			await none(scene, kind, who, 'inside, and killed');
		});
	}

	await t.test('the act at the edge, killed before and after', async () => {
		const who = await ready(true);
		await again(scene, await now(scene));
		await of.act(scene, who);
		await again(scene, await now(scene));
		await one(scene, kind, who, row, 'after');
		await settle(scene, kind, who, row, way);
	});

	await t.test('killed while it is answered, and asked again', async () => {
		const who = await ready(true);
		const at = await now(scene);
		const going = of.act(scene, who);
		await again(scene, at);
		await going;
		await one(scene, kind, who, row, 'asked again');
		await settle(scene, kind, who, row, way);
	});
	await same(scene);
}

async function openedLater(t, kind, row, of, limits) {
	const scene = await open(t, row, limits.config);
	const { site } = scene;
	const begin = async () => {
		const who = await arranged(scene, of.arrange, limits);
		if (who.at) await site.advanceTo(who.at);
		await of.act(scene, who);
		await one(scene, kind, who, row, 'raised');
		return { who, raised: await now(scene) };
	};
	const happened = async ({ who, raised }) => (await site.log()).slice(who.from)
		.filter((e) => e.command === null && e.visit === who.subject && row.later.some((step) => step.event === e.type))
		.map((e) => [e.type, Date.parse(e.at) - raised]);
	const expected = row.later.map((step) => [step.event, step.after(limits)]);

	await t.test('step by step', async () => {
		const open = await begin();
		const { who, raised } = open;
		for (const [i, step] of row.later.entries()) {
			const at = raised + step.after(limits);
			const is = async () => step.is(scene, who, (await shown(scene, kind, who))[0]);
			await site.advanceTo(at - 1);
			assert.equal(await is(), false, `step ${i + 1}, a millisecond before`);
			await again(scene, at - 1);
			assert.equal(await is(), false, `step ${i + 1}, killed a millisecond before`);
			await site.advance(1);
			assert.equal(await is(), true, `step ${i + 1}`);
			await again(scene, at);
			assert.equal(await is(), true, `step ${i + 1}, killed`);
			assert.deepEqual(await happened(open), expected.slice(0, i + 1));
		}
	});

	await t.test('all while the server was away', async () => {
		const open = await begin();
		await again(scene, open.raised + HOUR);
		assert.deepEqual(await happened(open), expected);
		await again(scene, open.raised + HOUR);
		assert.deepEqual(await happened(open), expected);
		assert.equal((await shown(scene, kind, open.who)).length, 1, 'it stays open');
	});

	await t.test('by the configuration that there is when it falls due', async () => {
		const other = row.limits.find((l) => l !== limits);
		const open = await begin();
		await again(scene, open.raised, other.config);
		await site.advance(HOUR);
		assert.deepEqual(await happened(open), row.later.map((step) => [step.event, step.after(other)]));
	});
	await same(scene);
}

// --- what settles it

async function settlesBy(t, kind, row) {
	const [limits] = row.limits;
	const [of] = Object.values(row.acts ?? row.times ?? { only: row.time });
	const scene = await open(t, row, merge(limits.config, row.waysConfig));
	for (const name of Object.keys(row.ways)) {
		await t.test(name, async () => {
			const who = await arranged(scene, row.ways[name].arrange ?? of.arrange, limits);
			if (row.acts) {
				if (who.at) await scene.site.advanceTo(who.at);
				await of.act(scene, who);
			} else {
				await scene.site.advanceTo(who.due);
			}
			await one(scene, kind, who, row, name, row.acts ? undefined : who.due);
			await settle(scene, kind, who, row, name);
		});
	}
	await same(scene);
}

for (const [kind, row] of Object.entries(ROWS).filter(([, r]) => !r.shell)) {
	test(kind, async (t) => {
		for (const limits of row.limits) {
			for (const [name, of] of Object.entries(row.acts ?? row.times ?? { alone: row.time })) {
				if (of.once && limits !== row.limits[0]) continue;
				await t.test(`${limits.name}, ${name}`, (u) => (row.acts ? fromAct : fromTime)(u, kind, row, of, limits));
			}
			if (row.later) {
				const [of] = Object.values(row.acts);
				await t.test(`${limits.name}, what it does by itself`, (u) => openedLater(u, kind, row, of, limits));
			}
		}
		await t.test('what settles it', (u) => settlesBy(u, kind, row));
	});
}


test('what somebody has acknowledged is so for the next process, and does not escalate', async (t) => {
	const scene = await open(t, {}, {});
	const person = await arranged(scene, ROWS.unwell.acts['by a code'].arrange, {});
	accepted(await scene.staff.kiosk.unwell({ code: person.token }), 'unwell');
	const at = await now(scene);
	const [alarm] = await shown(scene, 'unwell', person);
	await scene.site.advance(30 * SECOND - 1);
	accepted(await scene.staff.treatment.post(`/api/alerts/${alarm.id}/acknowledge`));
	for (const later of [30 * SECOND, 60 * SECOND, HOUR]) {
		await again(scene, at + later);
		const [same] = await shown(scene, 'unwell', person);
		assert.deepEqual([same.id, same.state, same.by, same.escalated], [alarm.id, 'acknowledged', scene.staff.treatment.device.id, 0]);
	}
	assert.deepEqual((await recorded(scene, 'unwell', person)).map((e) => e.type), ['alert_raised', 'alert_acknowledged']);
});

// --- all of them at once

test('all that fell due while the server was away is raised, in order, each with its own time', async (t) => {
	const scene = await open(t, {}, { observation: { seats: 3 } });
	const { site, board, staff, hall } = scene;
	const start = await now(scene);
	const cry = await hall.waiting('consent');
	await staff.kiosk.unwell({ code: cry.token });
	const called = await hall.waiting('consent');
	assert.equal((await board.desk('consent-1', 'call')).body.visit.id, called.id);
	const lost = await hall.injected();
	const seated = await hall.observing();
	const fled = await hall.observing();
	await staff.exit.scan(fled.token);
	await hall.waiting('injection');
	for (let i = 0; i < 8; i++) await hall.waiting(); // more than have passed without waiting
	const from = (await site.log()).length;
	const at = (minutes, type, kind, subject) => [minutes * 60_000, type, kind, subject];
	const expected = [
		at(0.5, 'alert_escalated', 'unwell', cry.id),
		at(1, 'alert_escalated', 'unwell', cry.id),
		at(2, 'alert_raised', 'seats_full', 'injection'),
		at(3, 'alert_raised', 'call_expired', called.id),
		at(3, 'left_early', undefined, fled.id),
		at(5, 'alert_raised', 'never_arrived', lost.id),
		at(30, 'alert_settled', 'seats_full', 'injection'), // the seat of who fled is free
		at(30, 'alert_raised', 'wait_long', 'registration'),
		at(45, 'alert_raised', 'overstay', lost.id),
		at(45, 'alert_raised', 'overstay', seated.id),
		at(60, 'alert_raised', 'wait_long', 'injection'), // the short waits before are an hour ago
	];
	for (const hours of [2, 3]) {
		await again(scene, start + hours * HOUR);
		const events = (await site.log()).slice(from).filter((e) => e.command === null && e.type !== 'configured');
		const happened = events.map((e) => [Date.parse(e.at) - start, e.type, e.data.kind, e.visit ?? e.data.alert.split('-')[1]]);
		assert.deepEqual(happened.map(([time]) => time), expected.map(([time]) => time), 'in order');
		assert.deepEqual(happened.map(String).sort(), expected.map(String).sort());
		for (const e of events.filter((x) => x.type === 'alert_raised')) {
			assert.equal(e.data.raised_at, e.at);
			assert.ok(e.data.alert.endsWith(`-${Date.parse(e.at)}`), e.data.alert);
		}
	}
	const alerts = (await board.view('alerts')).alerts.map((a) => [a.kind, a.count]).sort();
	assert.deepEqual(alerts, ['call_expired', 'early_exit', 'never_arrived', 'overstay', 'overstay', 'unwell', 'wait_long', 'wait_long'].map((k) => [k, 1]));
	await same(scene);
});

// --- the machine's own

const KEY = 'vaxline:{sample}:log';
const ofKind = async (site, kind) => (await site.log()).filter((e) => e.data.kind === kind).map((e) => [e.type, e.data.alert]);
const open1 = async (board, kind) => (await board.view('alerts')).alerts.filter((a) => a.kind === kind);

function asItHasToBe(alarm, kind) {
	assert.equal(alarm.id, `${kind}-${Date.parse(alarm.raised_at)}`);
	assert.deepEqual([alarm.count, alarm.state, alarm.urgency], [1, 'open', ROWS[kind].urgency]);
	assert.deepEqual(alarm.settled_by, ROWS[kind].settledBy);
}

async function lastId(redis) {
	const [[id]] = await redis.command('XREVRANGE', KEY, '+', '-', 'COUNT', 1);
	return id.split('-').map(Number);
}

test('storage_down', async (t) => {
	const AWAY = 2 * SECOND; // not for the configuration to say
	const redis = await Redis.start(t);
	const site = await startSite({ clock: MANUAL, retry: true, redis: redis.url }, t);
	const { board } = site;
	const person = await new Hall(site).waiting();
	const stream = await board.stream('alerts');
	await stream.until((s) => s.last.alerts, 'the first alarms');

	await t.test('a shorter silence is none', async () => {
		const until = Date.now() + BOUND_MS;
		for (let took = AWAY; took >= AWAY - 0.2 * SECOND;) {
			assert.ok(Date.now() < until, 'this machine has no second to spare');
			const before = await ofKind(site, 'storage_down');
			redis.signal('SIGSTOP');
			const began = Date.now();
			const answer = board.unwell({ code: person.token });
			await pause(SECOND);
			redis.signal('SIGCONT');
			took = Date.now() - began;
			accepted(await answer, 'unwell');
			if (took < AWAY - 0.2 * SECOND) assert.deepEqual(await ofKind(site, 'storage_down'), before);
		}
	});

	await t.test('two seconds are, shown before they can be on disk, and it ends by itself', async () => {
		const before = (await ofKind(site, 'storage_down')).length;
		const began = Date.now();
		redis.signal('SIGSTOP');
		asItHasToBe(await stream.untilAlert('storage_down'), 'storage_down');
		assert.ok(Date.now() - began > AWAY - 0.2 * SECOND, `after ${Date.now() - began} ms`);
		redis.signal('SIGCONT');
		await stream.untilNoAlert('storage_down');
		const [raised, settled, ...more] = (await ofKind(site, 'storage_down')).slice(before);
		assert.deepEqual([raised[0], settled, more], ['alert_raised', ['alert_settled', raised[1]], []]);
	});

	await t.test('killed while it is open: the next start finds the storage there, and says so', async () => {
		await site.advance(MINUTE); // another id
		const at = (await site.clock()).now;
		await board.walkIn();
		await site.kill9();
		const [epoch, number] = await lastId(redis);
		const id = `${epoch}-${number + 1}`;
		const alert = `storage_down-${at}`;
		await redis.command('XADD', KEY, id, 'e', `${JSON.stringify({
			id, at: iso(at), type: 'alert_raised', command: null, device: null, staff: null, visit: null, desk: null,
			data: { note: 'the log does not answer', alert, kind: 'storage_down', level: 2 },
		})}\n`);
		for (let i = 0; i < 2; i++) {
			await site.start();
			await site.ready();
			assert.deepEqual(await open1(board, 'storage_down'), []);
			const events = (await ofKind(site, 'storage_down')).filter(([, a]) => a === alert);
			assert.deepEqual(events, [['alert_raised', alert], ['alert_settled', alert]]);
			await site.kill9();
		}
	});
});

test('storage_lost', async (t) => {
	const redis = await Redis.start(t);
	const site = await startSite({ clock: MANUAL, redis: redis.url }, t);
	await site.board.walkIn();
	const stream = await site.board.stream('alerts');
	await stream.until((s) => s.last.alerts, 'the first alarms');
	assert.equal(stream.alert('storage_lost'), undefined);
	await redis.command('FLUSHALL');
	asItHasToBe(await stream.untilAlert('storage_lost'), 'storage_lost');
	// Nothing is written in the place of what was lost, so the next process has no alarm: it does not start at all.
	await site.kill9();
	await assert.rejects(site.start({ setup: false }), /acknowledged/);
	assert.equal(await redis.command('DBSIZE'), 0);
});

test('disk_low', async (t) => {
	const MIB = 2 ** 20;
	const dir = tempDir(t);
	const filler = path.join(dir, 'filler');
	const { bavail, bsize } = fs.statfsSync(dir);
	const free = Math.floor((bavail * bsize) / MIB);
	const spare = Math.min(192, Math.floor(free / 4)); // others use this disk, too
	const fill = () => fs.writeFileSync(filler, Buffer.alloc((spare + 64) * MIB, 1));
	const site = await startSite({ clock: MANUAL, retry: true, config: { disk: { ballast_mib: 0, warn_mib: free - spare, stop_mib: 1 } } }, t);
	const scene = { site };
	const { board } = site;
	const at = (await site.clock()).now;
	await board.walkIn();
	const only = async (n, why) => {
		const [alarm, ...more] = await waitFor(async () => {
			const found = await open1(board, 'disk_low');
			return found.length ? found : undefined;
		}, 'disk_low');
		assert.deepEqual(more, [], why);
		asItHasToBe(alarm, 'disk_low');
		assert.equal((await ofKind(site, 'disk_low')).filter(([type]) => type === 'alert_raised').length, n, why);
	};
	const over = () => waitFor(async () => (await open1(board, 'disk_low')).length === 0, 'the end of disk_low');

	assert.deepEqual(await open1(board, 'disk_low'), [], 'enough');
	fill();
	await only(1, 'a second later');
	await again(scene, at);
	await only(1, 'killed while it is open');
	fs.rmSync(filler);
	await over();
	await again(scene, at);
	assert.deepEqual(await open1(board, 'disk_low'), [], 'killed when it was over');
	await site.kill9();
	fill();
	await site.start();
	assert.equal((await open1(board, 'disk_low')).length, 1, 'it is looked at before anybody is served');
	await only(2, 'filled while the server was away');
	await site.kill9();
	fs.rmSync(filler);
	await site.start();
	await over();
	assert.deepEqual((await ofKind(site, 'disk_low')).map(([type]) => type), ['alert_raised', 'alert_settled', 'alert_raised', 'alert_settled']);
	await same(scene);
});

test('clock_doubt', async (t) => {
	for (const [name, minutes, config] of [['as designed', 10, {}], ['as configured', 3, { clock: { doubt_minutes: 3 } }]]) {
		// A machine that was started anew (its fence tells of another boot), so long after the last event.
		const started = async (u, ago) => {
			const redis = await Redis.start(u);
			const site = await startSite({ clock: `manual:${iso(Date.now() - ago)}`, retry: true, config, redis: redis.url }, u);
			const person = await new Hall(site).waiting();
			await site.kill9();
			const [epoch, number] = await lastId(redis);
			await redis.command('XADD', KEY, `${epoch + 1}-0`, 'v', 1, 'owner', 'ab'.repeat(16), 'after', `${epoch}-${number}`,
				'boot', '00000000-0000-4000-8000-000000000000', 'boottime', 1, 'wall', Date.now() - ago);
			site.options.clock = undefined;
			await site.start();
			await site.ready();
			return { site, board: site.board, person };
		};
		const limit = minutes * MINUTE;

		await t.test(`${name}: ${minutes} minutes, but for the time of a start`, async (u) => {
			const { site, board } = await started(u, limit - 25 * SECOND);
			assert.deepEqual(await open1(board, 'clock_doubt'), []);
			assert.deepEqual(await ofKind(site, 'clock_doubt'), []);
		});

		await t.test(`${name}: more than ${minutes} minutes`, async (u) => {
			const { site, board } = await started(u, limit + 1);
			const [alarm, ...more] = await open1(board, 'clock_doubt');
			assert.deepEqual(more, []);
			asItHasToBe(alarm, 'clock_doubt');
			await site.kill9();
			await site.start();
			assert.deepEqual(await open1(board, 'clock_doubt'), [alarm], 'still the one');
			await byHand({ board }, { alarm });
			for (let i = 0; i < 2; i++) {
				assert.deepEqual(await open1(board, 'clock_doubt'), []);
				assert.deepEqual(await ofKind(site, 'clock_doubt'), [['alert_raised', alarm.id], ['alert_settled', alarm.id]]);
				await site.kill9();
				await site.start();
			}
		});
	}
});

test('every kind of alarm has its row', () => {
	const names = fs.readFileSync(path.join(ROOT, 'include/names.h'), 'utf8');
	const [, list] = /#define ALERT_KINDS\(X\)([^]*?)\n\n/.exec(names);
	const kinds = [...list.matchAll(/X\(ALERT_\w+, "(\w+)"\)/g)].map((m) => m[1]).filter((kind) => kind !== 'none');
	assert.ok(kinds.length >= 14, list);
	assert.deepEqual(Object.keys(ROWS).sort(), kinds.sort());
});
