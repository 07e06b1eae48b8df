// Closed days older than journal.keep_days leave Redis; they stand in their files, and what is left is a whole log.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Client as RedisClient } from '../lib/redis.mjs';
import { DAY, MANUAL, pause, redisPids, run, startSite, uuid, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

const date = (n) => new Date(Date.parse(DAY) + n * 24 * 3600_000).toISOString().slice(0, 10);
const KEEP = { journal: { keep_days: 2 } };

// Where the log begins: {id, type, day}; type 'fence' where it does so.
async function beginning(site) {
	const client = new RedisClient(path.join(site.dir, 'redis.sock'));
	try {
		const key = `vaxline:{${JSON.parse(fs.readFileSync(site.configFile, 'utf8')).site}}:log`;
		const [[id, fields]] = await client.command('XRANGE', key, '-', '+', 'COUNT', 1);
		if (fields[0] !== 'e') return { id, type: 'fence' };
		const event = JSON.parse(fields[1].split('\n')[0]);
		return { id: event.id, type: event.type, day: event.data.day };
	} finally {
		client.close();
	}
}

const begins = (site, day) => waitFor(async () => (await beginning(site)).day === day, `a log that begins on ${day}`);

// A day with two people, closed at its end. Its events.
async function passDay(site, n, close = true) {
	await site.advanceTo(Date.parse(`${date(n)}T00:00:00.000Z`));
	const hall = new Hall(site);
	const ids = [await hall.bring('completed'), await hall.bring('left')].map((x) => x.id);
	if (close) assert.equal((await site.board.post('/api/day/close', {})).status, 200);
	return { ids, events: await site.log() };
}

async function whole(site) {
	const { hash } = await site.clock();
	assert.equal((await site.replay()).hash, hash, 'replay beside the server');
	await site.restart();
	await site.ready();
	assert.equal((await site.clock()).hash, hash, 'after a restart');
	await site.kill9();
	await site.start();
	await site.ready();
	assert.equal((await site.clock()).hash, hash, 'after kill -9');
}

test('days come and go', async (t) => {
	const site = await startSite({ clock: MANUAL, config: KEEP }, t);
	const days = [];
	for (let n = 0; n < 6; n++) {
		days.push(await passDay(site, n));
		if (n === 2) { // after the closing
			assert.equal((await site.board.unwell({ place: 'gate' })).status, 200);
			const { alerts: [cry] } = await site.board.view('alerts');
			assert.equal((await site.board.post(`/api/alerts/${cry.id}/settle`, { outcome: 'found' })).status, 200);
		}
		await begins(site, n < 3 ? undefined : date(n - 2));
	}

	await t.test('what is left is a whole log', () => whole(site));

	await t.test('a day that left Redis is read from its file', async () => {
		for (const [n, { events }] of days.entries()) assert.deepEqual(await site.log(`day=${date(n)}`), events);
		const after = days[0].events[3].id;
		assert.deepEqual(await site.log(`day=${date(0)}&after=${after}`), days[0].events.slice(4));
		const answer = await site.board.get(`/api/log?after=${after}`);
		assert.equal(answer.status, 404, answer.text);
		assert.match(answer.body.detail, /begins at \d+-\d+/);
	});

	await t.test('what stood between the days stands in files too', async () => {
		const between = (n) => fs.readFileSync(path.join(site.dir, 'days', `${date(n)}.before.ndjson`), 'utf8').trimEnd().split('\n').map((l) => JSON.parse(l));
		assert.ok(between(0).some((e) => e.type === 'device_enrolled'));
		assert.ok(between(3).some((e) => e.type === 'alert_raised' && e.data.kind === 'unwell'));
		const checked = await run(['-c', `cd '${site.dir}/days' && sha256sum -c *.sha256`], { program: '/bin/sh' });
		assert.equal(checked.code, 0, checked.stdout + checked.stderr);
		// Together they are the log from its beginning.
		const { id } = await beginning(site);
		const files = [0, 1, 2, 3].flatMap((n) => [`${date(n)}.before`, date(n)]).slice(0, -1)
			.map((name) => path.join(site.dir, 'days', `${name}.ndjson`)).filter((file) => fs.existsSync(file));
		const all = files.flatMap((file) => fs.readFileSync(file, 'utf8').trimEnd().split('\n')).map((l) => JSON.parse(l).id.split('-').map(Number));
		all.push(id.split('-').map(Number));
		all.slice(1).forEach(([epoch, n], i) => assert.ok(epoch === all[i][0] ? n === all[i][1] + 1 : epoch > all[i][0] && n === 1, `${epoch}-${n}`));
	});

	await t.test('no number is used twice, and what is carried is known', async () => {
		const { ids } = await passDay(site, 6);
		const numbers = [...days.flatMap((d) => d.ids), ...ids].map((id) => Number(id.slice(1)));
		assert.equal(new Set(numbers).size, numbers.length);
		assert.ok(Math.max(...numbers.slice(0, -2)) < numbers.at(-2));
		await begins(site, date(4));
		await whole(site);
	});
});

test('nothing goes while anybody is inside, nor of the day before however long ago', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { journal: { keep_days: 1 } } }, t);
	await passDay(site, 0);
	await passDay(site, 1);
	const first = await beginning(site);
	await site.advanceTo(Date.parse(`${date(20)}T00:00:00.000Z`));
	const hall = new Hall(site);
	const someone = await hall.waiting();
	await pause(2500); // two looks
	assert.deepEqual(await beginning(site), first);
	await hall.do(someone, 'leave');
	await begins(site, date(1));
	await pause(1500);
	await begins(site, date(1));
	await whole(site);
});

test('a day whose file is missing or damaged stays in Redis, and those after it', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	for (let n = 0; n < 4; n++) await passDay(site, n);
	site.configure({ journal: { keep_days: 1 } });
	const first = await beginning(site);
	const file = path.join(site.dir, 'days', `${date(0)}.ndjson`);
	const kept = [file, `${file}.sha256`].map((name) => [name, fs.readFileSync(name, 'utf8')]);
	const [[, text], [, digest]] = kept;
	const lines = text.split('\n');
	const write = (what) => fs.writeFileSync(file, what);
	for (const [name, [damage, why]] of Object.entries({
		'no file': [() => fs.renameSync(file, `${file}.away`), /No such file/],
		'no digest': [() => fs.renameSync(`${file}.sha256`, `${file}.away`), /no digest of that file/],
		'another digest': [() => fs.writeFileSync(`${file}.sha256`, digest.replace(/^./, (c) => (c === '0' ? '1' : '0'))), /does not have its digest/],
		'a digest of another file': [() => fs.writeFileSync(`${file}.sha256`, digest.replace(DAY, date(1))), /no digest of that file/],
		'a byte changed': [() => write(text.replace('checked_in', 'checked_on')), /not what the log holds/],
		'a line too few': [() => write([...lines.slice(0, 5), ...lines.slice(6)].join('\n')), /not what the log holds/],
		'cut off': [() => write(text.slice(0, -20)), /not what the log holds/],
		'a line too many': [() => write(`${text}${lines[3]}\n`), /does not have its digest/],
		'empty': [() => write(''), /not what the log holds/],
	})) {
		await t.test(name, async () => {
			damage();
			await site.restart();
			const said = () => site.stderr.split('\n').filter((line) => line.includes('log_not_trimmed'));
			const before = said().length;
			const line = await waitFor(() => said()[before] ?? (said().length > before && said().at(-1)), 'the refusal');
			assert.match(line, why);
			assert.match(line, new RegExp(date(0)));
			assert.deepEqual(await beginning(site), first);
			kept.forEach(([path_, was]) => fs.writeFileSync(path_, was));
		});
	}

	await t.test('one later: those before it go', async () => {
		const later = path.join(site.dir, 'days', `${date(1)}.ndjson`);
		const was = fs.readFileSync(later);
		fs.truncateSync(later, 100);
		await site.restart();
		await begins(site, date(1));
		await waitFor(() => site.stderr.split('\n').some((line) => line.includes('log_not_trimmed') && line.includes(date(1))), 'the refusal');
		await begins(site, date(1));
		fs.writeFileSync(later, was);
	});

	await t.test('mended, they go', async () => {
		await site.restart();
		await begins(site, date(2));
		await whole(site);
	});
});

test('killed while the log is trimmed', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	for (let n = 0; n < 8; n++) await passDay(site, n);
	site.configure({ journal: { keep_days: 1 } });
	let kills = 0, hash;
	do {
		await site.kill9();
		if (kills % 3 === 2) for (const pid of redisPids(site.dir)) process.kill(pid, 'SIGKILL');
		await site.start();
		hash ??= (await site.clock()).hash;
		await pause(960 + 7 * kills++); // it looks after a second
		assert.ok(kills < 60, 'it gets on between the kills');
	} while ((await beginning(site)).day !== date(6));
	assert.equal((await site.replay()).hash, hash);
	await whole(site);
});

test('a start reads from the opening of the day on, once the day before is in its file', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const marked = (day) => waitFor(() => {
		const text = fs.existsSync(path.join(site.dir, 'mark')) ? fs.readFileSync(path.join(site.dir, 'mark'), 'utf8') : '';
		return text === `${day[0].id}\n`;
	}, `the mark at ${day[0].id}`);
	const first = await passDay(site, 0);
	await passDay(site, 1);
	const { events } = await passDay(site, 2, false);
	await marked(events);
	await whole(site);
	assert.equal((await beginning(site)).type, 'fence');
	const all = await site.log(`after=${first.events[0].id}`);
	assert.deepEqual(all.slice(0, first.events.length - 1), first.events.slice(1));
	assert.deepEqual(await site.log(), events);

	await t.test('not before: it would never be written', async () => {
		fs.renameSync(path.join(site.dir, 'days'), path.join(site.dir, 'away'));
		fs.writeFileSync(path.join(site.dir, 'days'), 'in the way');
		assert.equal((await site.board.post('/api/day/close', {})).status, 200);
		await waitFor(() => site.stderr.includes('day_not_exported'), 'the failure');
		const next = await passDay(site, 3, false);
		await pause(1500); // a look
		await marked(events);
		await site.kill9();
		await site.start();
		fs.rmSync(path.join(site.dir, 'days'));
		fs.renameSync(path.join(site.dir, 'away'), path.join(site.dir, 'days'));
		await marked(next.events);
		assert.ok(fs.existsSync(path.join(site.dir, 'days', `${date(2)}.ndjson`)));
		await whole(site);
	});

	await t.test('killed at any point of a day that opens', async () => {
		for (let n = 4; n < 10; n++) {
			await passDay(site, n);
			await pause((n - 4) * 200);
			await whole(site);
		}
	});
});

test('a mark that cannot be written is told once, and written when it can be', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const inTheWay = path.join(site.dir, 'mark.new');
	fs.mkdirSync(inTheWay);
	const { events } = await passDay(site, 0, false);
	const said = () => site.stderr.split('\n').filter((line) => line.includes('mark_not_written'));
	await waitFor(() => said().length > 0, 'the failure');
	assert.match(said()[0], /directory/);
	await pause(2500); // two more tries
	assert.equal(said().length, 1);
	fs.rmdirSync(inTheWay);
	await waitFor(() => fs.existsSync(path.join(site.dir, 'mark')), 'the mark');
	assert.equal(fs.readFileSync(path.join(site.dir, 'mark'), 'utf8'), `${events.find((e) => e.type === 'day_opened').id}\n`);
});
