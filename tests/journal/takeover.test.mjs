// Fence first, read after: the log that each owner replayed is the log that is there, whoever had bytes in a socket,
// slept or started at the same moment; and nobody acknowledges what is not in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause, Redis, until } from '../lib/redis.mjs';
import { Driver, owner, truth } from './driver.mjs';

const ROUNDS = 50;

// The old owner goes on appending while the new one comes.
async function busy(t, redis, old) {
	old.say('append 400');
	const next = await owner(t, { url: redis.url, env: { BATCH: '3' } });
	old.say('append 1');
	assert.match(await old.ended(), /^deposed/);
	return next;
}

// The old owner sleeps, perhaps with bytes on their way, and wakes to find a foreign fence.
async function asleep(t, redis, old, round) {
	old.say('append 400');
	await pause(round % 4);
	old.signal('SIGSTOP');
	const next = await owner(t, { url: redis.url, env: { BATCH: '3' } });
	await next.append(20);
	old.say('append 1');
	old.signal('SIGCONT');
	assert.match(await old.ended(), /^deposed/);
	return next;
}

// Redis itself sleeps: the old owner's commit and the new one's fence wait side by side in two sockets.
async function sockets(t, redis, old) {
	redis.signal('SIGSTOP');
	const next = new Driver(t, { url: redis.url, env: { BATCH: '3' } });
	old.say('append 400');
	await pause(20);
	redis.signal('SIGCONT');
	await next.ready();
	old.say('append 1');
	assert.match(await old.ended(), /^deposed/);
	return next;
}

// Two start at once: both may replay, one stays.
async function two(t, redis, old) {
	const both = [0, 1].map(() => new Driver(t, { url: redis.url, env: { BATCH: '3' } }));
	await Promise.all(both.map((driver) => driver.ready()));
	both.forEach((driver) => driver.say('append 50'));
	old.say('append 1');
	const loser = await until('one of two is deposed', () => both.find((d) => d.lines.some((l) => l.startsWith('ended deposed'))));
	assert.match(await old.ended(), /^deposed/);
	const winner = both.find((driver) => driver !== loser);
	await winner.line(/^durable 50$/);
	winner.appended = 50;
	assert.ok(!winner.lines.some((l) => l.startsWith('ended')));
	await winner.append(1);
	return Object.assign(winner, { beside: loser });
}

test(`takeover: ${ROUNDS} rounds, each owner replayed the log that is there`, async (t) => {
	const redis = await Redis.start(t);
	const owners = [];
	let driver = await owner(t, { url: redis.url, env: { BATCH: '3' } });
	for (let round = 0; round < ROUNDS; round++) {
		owners.push(driver);
		const next = await [busy, asleep, sockets, two][round % 4](t, redis, driver, round);
		if (next.beside) owners.push(next.beside);
		await driver.quit();
		await next.beside?.quit();
		driver = next;
	}
	owners.push(driver);
	const log = await truth(redis, { hashes: true });
	for (const each of owners) {
		const { epoch, events, hash } = await each.ready();
		assert.deepEqual({ events, hash }, log.before.get(epoch), `epoch ${epoch}`);
		assert.ok(each.durable <= log.epochs.get(epoch), `epoch ${epoch} acknowledged ${each.durable} of ${log.epochs.get(epoch)}`);
	}
	assert.equal(owners.length, ROUNDS + 1 + Math.floor(ROUNDS / 4));
	assert.equal(await driver.quit(), 0);
});

test('takeover: a woken owner is not sure of its site before it has asked', async (t) => {
	const redis = await Redis.start(t);
	const old = await owner(t, { url: redis.url });
	await old.append(3);
	assert.equal(await old.ask('sure', /^sure/), 'sure 1');
	old.signal('SIGSTOP');
	await owner(t, { url: redis.url });
	await pause(1200); // longer than the gap that counts as having been stopped
	old.say('sure\nappend 5\nsure');
	old.signal('SIGCONT');
	assert.equal(await old.line(/^sure/, old.lines.length), 'sure 0');
	assert.match(await old.ended(), /^deposed site hall was taken over by another server \(its log goes on with 2-0\)/);
	assert.equal(old.durable, 3);
	assert.equal((await truth(redis)).epochs.get(1), 3);
});

test('takeover: a woken owner whose site nobody took goes on', async (t) => {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url });
	await driver.append(3);
	driver.signal('SIGSTOP');
	await pause(1200);
	driver.signal('SIGCONT');
	await until('a doubt that was resolved', () => /journal_resolved/.test(driver.log));
	await driver.append(3);
	assert.equal(await driver.ask('sure', /^sure/), 'sure 1');
	assert.match(driver.log, /the process was stopped/);
});

test('takeover: the data directory is locked', async (t) => {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url });
	const second = new Driver(t, { url: redis.url, dir: driver.dir });
	assert.match(await second.ended(), /^refused another vaxline serves the data directory/);
	await driver.append(2);
});
