// vaxline export: the events of a day, from its file or from the log, beside a server or without one.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { DAY, MANUAL, run, startSite, tempDir, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

const NEXT = '2026-11-21';

test('export', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const ask = (day, ...more) => run(['export', '--day', day, '--data', site.dir, '--config', site.configFile, ...more]);
	const events = async (day, ...more) => {
		const out = await ask(day, ...more);
		assert.equal(out.code, 0, out.stderr);
		assert.equal(out.stderr, '');
		return out.stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line));
	};
	const refuses = async (day, why, ...more) => {
		const out = await ask(day, ...more);
		assert.equal(out.code, 1, out.stderr);
		assert.equal(out.stdout, '');
		assert.match(out.stderr, why);
		assert.equal(out.stderr.trimEnd().split('\n').length, 1, out.stderr);
	};
	const file = path.join(site.dir, 'days', `${DAY}.ndjson`);

	await t.test('before the first day', () => refuses(DAY, /^vaxline: there is no day 2026-11-20: neither a file .*\/days\/2026-11-20\.ndjson nor in the log of site sample$/m));

	const someone = await hall.observing();
	await t.test('the open day, beside the server', async () => {
		assert.deepEqual(await events(DAY), await site.log());
		assert.equal((await site.board.get('/readyz')).status, 200);
	});

	await t.test('the open day, without a server', async () => {
		const log = await site.log();
		assert.deepEqual(await site.stop(), { code: 0, signal: null });
		assert.deepEqual(await events(DAY), log);
		assert.equal(site.redisPid(), undefined);
		await site.start();
	});

	await hall.do(someone, 'walked_out');
	assert.equal((await site.board.post('/api/day/close', {})).status, 200);
	await waitFor(() => fs.existsSync(`${file}.sha256`), 'the file of the day');
	await site.advanceTo(Date.parse(`${NEXT}T00:00:00.000Z`));
	await hall.waiting();

	await t.test('a closed day, from its file: as it is, byte for byte', async () => {
		const out = await ask(DAY);
		assert.equal(out.stdout, fs.readFileSync(file, 'utf8'));
		assert.equal((await run(['export', '--day', DAY, '--data', site.dir, '--config', site.configFile, '--redis', 'unix:///nowhere'])).stdout, out.stdout);
	});

	await t.test('a closed day whose file is gone, from the log', async () => {
		fs.renameSync(file, `${file}.away`);
		assert.deepEqual(await events(DAY), fs.readFileSync(`${file}.away`, 'utf8').split('\n').slice(0, -1).map((l) => JSON.parse(l)));
		assert.deepEqual(await events(NEXT), await site.log());
		fs.renameSync(`${file}.away`, file);
	});

	await t.test('a damaged file is not passed on', async () => {
		const text = fs.readFileSync(file, 'utf8');
		fs.writeFileSync(file, text.replace('"', "'"));
		await refuses(DAY, /the file of day 2026-11-20 is damaged: it does not have the digest that stands beside it$/m);
		fs.writeFileSync(file, text);
		fs.renameSync(`${file}.sha256`, `${file}.away`);
		await refuses(DAY, /\.ndjson\.sha256: no digest of that file$/m);
		fs.renameSync(`${file}.away`, `${file}.sha256`);
	});

	await t.test('no such day, no such place, nonsense', async () => {
		await refuses('2020-01-01', /there is no day 2020-01-01/);
		const empty = tempDir(t);
		await refuses(DAY, /there is no log of site sample/, '--data', empty);
		for (const day of ['today', '2026-13-40', '2026-11-20T00:00:00Z', '']) {
			const out = await ask(day);
			assert.equal(out.code, 2, `${day}: ${out.stderr}`);
			assert.match(out.stderr, /export takes --day DATE/);
		}
		assert.equal((await run(['export'])).code, 2);
		assert.match((await run(['help'])).stdout, /export .*--day DATE/);
	});

	await t.test('a full disk is told of', async () => {
		const out = await run(['-c', `"${process.env.VAXLINE ?? 'build/vaxline'}" export --day ${DAY} --data '${site.dir}' --config '${site.configFile}' >/dev/full`], { program: '/bin/sh' });
		assert.equal(out.code, 1);
		assert.match(out.stderr, /cannot write: No space left/);
	});
});
