// Somebody who lost the ticket: found on the board by name, phone or document number, and opened by one click.
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultless, faultlessEverywhere, says, shows, startBoard } from '../lib/board_page.mjs';
import { csv } from '../lib/rosters.mjs';
import { MANUAL } from '../lib/site.mjs';

const PHONE = '13912345678';

test('a lost ticket is found by its holder', async (t) => {
	const { site, view, page } = await startBoard({ clock: MANUAL }, t);
	const twin = { name: '李明', birth_date: '1990-03-04', phone: PHONE };
	const { visit: first, ticket } = await site.board.walkIn(twin);
	await site.board.walkIn({ ...twin, name: '李亮' });
	const third = (await site.board.walkIn({ name: '李明辉', birth_date: '1951-07-08', id_type: 'passport', id_number: 'E12345678' })).visit;
	const expected = { name: '李明达', birth_date: '1980-05-17', id_type: 'passport', id_number: 'G87654321' };
	assert.equal((await site.board.roster(csv([expected]))).body.accepted, 1);
	const rows = page.locator('.hits tbody tr');
	const lookUp = async (text) => {
		await page.fill('#find-ref', text);
		await page.press('#find-ref', 'Enter');
	};
	await page.click('[data-tool=find]');

	await t.test('by name: the hits with number, birth date and state', async () => {
		await lookUp('李明');
		await rows.nth(2).waitFor();
		assert.deepEqual(await rows.evaluateAll((all) => all.map((tr) => [...tr.children].map((cell) => cell.textContent))), [
			[first.number, '李明', '1990-03-04', '等候 · 登记'], [third.number, '李明辉', '1951-07-08', '等候 · 登记'],
			['–', '李明达', '1980-05-17', '未到'],
		]);
		assert.equal(await rows.nth(2).locator('button').count(), 0, 'nothing to open before check-in');
		await faultless(view, 'find-person');
	});

	await t.test('one click opens it, for a new ticket', async () => {
		await rows.nth(1).getByRole('button').click();
		await shows(page, '.found', third.number);
		await page.getByRole('button', { name: '补发号票' }).click();
		await page.locator('.found-place img.qr').waitFor();
	});

	await t.test('by phone and by document number', async () => {
		await lookUp('139 1234 5678');
		await says(page.locator('.hits tbody'), /李明.*李亮/);
		assert.equal(await rows.count(), 2);
		await lookUp('e12345678');
		await says(page.locator('.hits tbody'), /李明辉/);
		assert.equal(await rows.count(), 1);
	});

	await t.test('a number or a ticket opens at once, however it is typed', async () => {
		const digits = String(Number(first.number.slice(1)));
		const code = ticket.token;
		const parted = /\d/.test(code) ? [code.replace(/.{6}/g, '$& ')] : []; // letters and blanks alone are a name
		const codes = [code, code.toLowerCase(), ...parted, `http://vax.example/t/${code}`];
		for (const text of [first.number, `w${digits}`, `W ${digits}`, `ｗ ${digits}`, ...codes]) {
			await lookUp('李明');
			await rows.first().waitFor();
			await lookUp(text);
			await shows(page, '.found', first.number);
		}
	});

	await t.test('nobody, too little, and nothing of it in the address', async () => {
		await lookUp('赵');
		await says(page.locator('.found-place [role=alert]'), /至少输入 2 个/);
		await lookUp('赵无此人');
		await says(page.locator('.found-place'), /今天没有此姓名/);
		assert.match(page.url(), /\/board$/);
	});

	await t.test('in each language, with more than are listed', async () => {
		for (let i = 0; i < 22; i++) await site.board.walkIn({ name: `陈伟${'长'.repeat(i)}` });
		await page.keyboard.press('Escape');
		await faultlessEverywhere(view, 'find-person', async () => {
			await page.click('[data-tool=find]');
			await lookUp('陈伟');
			await rows.nth(19).waitFor();
			await says(page.locator('.found-place p'), /2/);
		});
	});
});
