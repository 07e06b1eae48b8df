// A Redis that refuses in bursts, or closes connections, never leaves a hole, and nothing is acknowledged that is not
// in the log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENCE_MS, pause, Redis } from '../lib/redis.mjs';
import { owner, truth } from './driver.mjs';

const EVENTS = 50_000;

// Appends EVENTS in commits of a few, while trouble() goes on; its rest() ends it.
async function underTrouble(t, trouble, rest) {
	const redis = await Redis.start(t);
	const driver = await owner(t, { url: redis.url, env: { BATCH: '2' } });
	let rounds = 0, over = false;
	const work = driver.append(EVENTS, 60, 1, 4 * PATIENCE_MS).finally(() => (over = true));
	while (!over) {
		await trouble(redis, rounds++);
		await pause(rounds % 3);
		await rest?.(redis);
		await pause(40);
	}
	await work;
	assert.ok(rounds > 5, `only ${rounds} rounds of trouble`);
	const log = await truth(redis);
	assert.equal(log.events, EVENTS);
	assert.equal(log.epochs.get(1), EVENTS);
	assert.match(driver.log, /journal_doubt/);
	// Each commit is told of once, however often it was sent.
	const told = await driver.ask('commits', /^commits/);
	const [, commits, bytes, events] = /^commits (\d+) bytes (\d+) events (\d+)/.exec(told).map(Number);
	assert.deepEqual([commits, bytes, events], [log.commits, log.bytes, EVENTS]);
	assert.equal(await driver.quit(), 0);
}

test('holes: replicas are asked for and not there, in bursts', (t) => underTrouble(t,
	(redis) => redis.command('CONFIG', 'SET', 'min-replicas-to-write', 1),
	(redis) => redis.command('CONFIG', 'SET', 'min-replicas-to-write', 0)));

test('holes: the memory limit comes and goes', (t) => underTrouble(t,
	(redis) => redis.command('CONFIG', 'SET', 'maxmemory', 1),
	(redis) => redis.command('CONFIG', 'SET', 'maxmemory', 0)));

test('holes: a client takes the memory and frees it', (t) => underTrouble(t,
	async (redis, round) => {
		if (round === 0) {
			const used = Number(/used_memory:(\d+)/.exec(await redis.command('INFO', 'memory'))[1]);
			await redis.command('CONFIG', 'SET', 'maxmemory', used + 48 * 1024 * 1024);
		}
		await redis.command('SETRANGE', 'filler', 48 * 1024 * 1024 - 1, 'x').catch((error) => assert.match(error.message, /^OOM/));
	},
	(redis) => redis.command('DEL', 'filler')));

test('holes: connections are killed', (t) => underTrouble(t,
	(redis) => redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')));
