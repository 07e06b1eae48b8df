// A roster on the board: chosen, checked without effect, its errors in a table, loaded with its progress in sight.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { faultless, faultlessEverywhere, says, shows, startBoard } from '../lib/board_page.mjs';
import { csv, file, many } from '../lib/rosters.mjs';
import { MANUAL, ROOT, waitFor } from '../lib/site.mjs';

const ERROR_LINES = ['5', '7', '10', '13', '16', '22', '25', '40'];
const WARNING_LINES = ['34', '37'];
const TOO_LARGE = 8 * 1024 * 1024 + 1;
const data = (name) => path.join(ROOT, 'tests/data', name);
const made = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const expected = async (site) => (await site.board.get('/api/roster?day=2026-11-20')).body.expected;
const lines = (page, tone) => page.locator(`.problems.${tone} tbody th`).allTextContents();

test('a roster is checked, mended or loaded without its bad rows, and counts', async (t) => {
	const { site, view, page } = await startBoard({ clock: MANUAL }, t);
	const report = page.locator('.roster-report');
	const choose = (chosen) => page.setInputFiles('#roster-file', chosen);
	await page.click('[data-tool=list]');

	await t.test('a file with errors: every one by line and column, and nothing has happened', async () => {
		await choose(data('roster-bad.csv'));
		await says(report, /可载入 31 行，重复 1 行/);
		assert.deepEqual(await lines(page, 'stop'), ERROR_LINES);
		assert.deepEqual(await lines(page, 'look'), WARNING_LINES);
		assert.match(await page.locator('.problems.stop tbody tr').first().textContent(), /5证件号码校验码不符/);
		assert.match(await page.locator('.problems.stop tbody tr', { hasText: '整行' }).textContent(), /25整行列数少于表头/);
		assert.equal(await expected(site), 0);
		await faultless(view, 'roster-bad');
	});

	await t.test('for which days it is', async () => {
		await choose(made('days.csv', csv([...many(2, { date: '2027-01-03' }), ...many(4, { date: '2026-11-22' })])));
		await shows(page, '.roster-days li:nth-child(1)', '11月22日：4 行');
		await shows(page, '.roster-days li:nth-child(2)', '1月3日：2 行');
		await choose(data('roster-bad.csv'));
		await shows(page, '.roster-days', '11月20日：31 行');
		await says(report, /可载入 31 行/);
	});

	await t.test('the rows that are right can be loaded without them', async () => {
		await page.getByRole('button', { name: '只载入无误的 31 行' }).click();
		await says(report, /已载入 31 行/);
		assert.equal(await expected(site), 31);
		await shows(page, '#awaited', '/ 31');
	});

	await t.test('a good file shows how far it has got, and its count', async () => {
		let go;
		const held = new Promise((resolve) => (go = resolve));
		await page.route('**/api/roster?*', async (route) => {
			await held;
			await route.continue();
		});
		await choose(data('roster-2026-11-20.csv'));
		await page.locator('dialog progress').waitFor();
		assert.ok(await page.locator('#roster-file').isDisabled(), 'no other file meanwhile');
		await faultless(view, 'roster-checking');
		go();
		await page.getByRole('button', { name: /^载入 \d+ 行$/ }).click();
		await page.unrouteAll({ behavior: 'wait' });
		await says(report, /已载入 \d+ 行/);
		const loaded = Number(/已载入 (\d+) 行/.exec(await report.textContent())[1]);
		assert.equal(await expected(site), 31 + loaded);
		assert.ok(loaded > 1900, `${loaded} rows`);
		assert.ok(await page.locator('dialog progress').isHidden());
	});

	await t.test('the same file again: all are there already, and there is nothing to load', async () => {
		await choose(data('roster-2026-11-20.csv'));
		await says(report, /可载入 0 行，重复 2\d\d\d 行/);
		assert.equal(await report.locator('button').count(), 0);
	});

	await t.test('a file in GB18030', async () => {
		await choose(data('roster-gb18030.csv'));
		const load = report.getByRole('button');
		await load.waitFor();
		const before = (await site.board.get('/api/roster')).body.rows.length;
		await load.click();
		await says(report, /已载入 \d+ 行/);
		const { rows } = (await site.board.get('/api/roster')).body;
		assert.ok(rows.length > before);
		const name = new TextDecoder('gb18030').decode(file('roster-gb18030.csv')).split('\n')[1].split(',')[0];
		assert.ok(rows.some((row) => row.person.name === name), name);
	});

	await t.test('what is no roster is told so, and where', async () => {
		await choose(made('photo.csv', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'));
		await says(report.locator('.error'), /这个文件不能作为名单读取/);
		await choose(made('other.csv', 'apples,pears\n1,2\n'));
		await says(report, /line 1, the header, lacks the column/);
		await choose(made('large.csv', 'x'.repeat(TOO_LARGE)));
		await says(report.locator('.error'), /文件超过 8 MB/);
		await faultless(view, 'roster-refused');
	});

	await t.test('in each language, with errors by the hundred', async () => {
		await page.keyboard.press('Escape');
		const broken = many(300, { birth_date: '2030-01-01', phone: 'none', guardian: 'x'.repeat(300) });
		await faultlessEverywhere(view, 'roster-many', async () => {
			await page.click('[data-tool=list]');
			await choose(made('many.csv', csv(broken)));
			await page.locator('.problems.stop').waitFor();
			assert.equal((await lines(page, 'stop')).length, 200);
			await says(page.locator('.problems.stop > p'), /\d00/);
		});
	});
});

test('a server that goes away while a roster is sent has it once when it is back', async (t) => {
	const { site, page } = await startBoard({ clock: MANUAL }, t);
	await page.click('[data-tool=list]');
	await page.setInputFiles('#roster-file', made('ten.csv', csv(many(10))));
	const load = page.getByRole('button', { name: '载入 10 行' });
	await load.waitFor();
	await site.kill9();
	await load.click();
	await page.locator('dialog button[aria-busy=true]').waitFor();
	await site.start({ setup: false });
	await says(page.locator('.roster-report'), /已载入 10 行，重复 0 行/);
	assert.equal((await waitFor(() => site.log())).filter((e) => e.type === 'roster_loaded').length, 1);
	assert.equal(await expected(site), 10);
});
