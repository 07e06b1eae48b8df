// One ticket on the board: found by its number, its code or its address; its timeline; and what a supervisor may do about it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultless, faultlessEverywhere, says, shows, startBoard } from '../lib/board_page.mjs';
import { refused } from '../lib/hall.mjs';
import { MANUAL, MINUTE, waitFor } from '../lib/site.mjs';

const NAME = '<img src=x onerror="document.title=\'owned\'"> 欧阳';

test('a ticket is found, and what is done about it shows', async (t) => {
	const { site, view, page, hall } = await startBoard({ clock: MANUAL }, t);
	const me = await hall.newcomer({ name: NAME, phone: '13800138000', notes: 'one\ntwo' });
	const facts = page.locator('dialog .facts');
	const dialog = page.locator('dialog');
	const press = (name) => dialog.getByRole('button', { name, exact: true }).click();
	const lookUp = async (what) => {
		await page.fill('#find-ref', what);
		await press('查找');
	};
	const happened = (row, wanted) => says(page.locator(`.timeline tbody tr:nth-child(${row})`), wanted);

	await t.test('by its number however it is typed, by its code, by its address', async () => {
		await page.click('[data-tool=find]');
		for (const what of [me.number, me.number.toLowerCase().replace('00', ''), me.token, `HTTPS://VACCINATE.EXAMPLE/T/${me.token}`]) {
			await lookUp('W999');
			await says(page.locator('.found-place .error'), /没有这/);
			await lookUp(what);
			await shows(page, '.found', me.number);
		}
		await happened(1, /08:00:00签到 · 登记–/);
	});

	await t.test('a name is shown as it was typed', async () => {
		await says(facts, /<img src=x onerror="document\.title='owned'"> 欧阳/);
		assert.equal(await page.locator('img[src="x"]').count(), 0);
		assert.doesNotMatch(await page.title(), /owned/);
		await faultless(view, 'find');
	});

	await t.test('undo leads back, and too late says so', async () => {
		assert.equal((await site.board.desk('registration-3', 'call')).status, 200);
		await lookUp(me.number);
		await says(facts, /已叫号 · 登记 3 号台/);
		await press('撤销上一步');
		await says(facts, /等候 · 登记/);
		await says(page.locator('.timeline tbody'), /撤销了：叫号/);
		assert.equal((await site.board.desk('registration-3', 'call')).status, 200);
		await site.advance(61_000);
		await press('撤销上一步');
		await says(dialog.locator('.acts .error'), /已超过可撤销的时限/);
	});

	await t.test('a lost ticket is issued anew, and the old one is dead', async () => {
		await press('补发号票');
		await page.locator('.found-place .qr').waitFor();
		assert.ok(await page.locator('.found-place .qr').evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
		await faultless(view, 'find-reissued');
		refused(await site.board.scan(me.token), 'ticket_ended');
	});

	await t.test('it is moved to a stage that was chosen', async () => {
		await hall.client.act(me.number, 'start', { desk: 'registration-3' });
		await hall.client.act(me.number, 'finish', { desk: 'registration-3' });
		await lookUp(me.number);
		await says(facts, /等候 · 知情告知/);
		await press('移动');
		assert.equal(await page.evaluate(() => document.activeElement?.id), 'move-stage', 'a stage is asked for');
		await page.selectOption('#move-stage', 'registration');
		await press('移动');
		await says(facts, /等候 · 登记/);
		await says(facts, /退回重办/);
	});

	await t.test('what was recorded wrongly is corrected, with a reason', async () => {
		await page.click('.correct summary');
		await press('保存更正');
		await says(page.locator('.correct .error'), /没有改动/);
		await page.fill('#correct-name', '欧阳正');
		await page.fill('#correct-birth_date', '1981-02-03');
		await page.selectOption('#correct-id_type', 'passport');
		await page.fill('#correct-id_number', 'E12345678');
		await page.fill('#correct-phone', '');
		await page.fill('#correct-companions', '2');
		await page.selectOption('#correct-language', 'en');
		await press('保存更正');
		await says(page.locator('.correct .error'), /请填写更正原因/);
		await faultless(view, 'find-correct');
		await page.fill('#correct-reason', '登记时写错');
		await press('保存更正');
		await says(facts, /欧阳正/);
		await says(page.locator('.timeline tbody'), /更正 · 登记–职员T\d+登记时写错/);
		const { person, companions, language } = await site.board.visit(me.number);
		assert.equal(companions, 2);
		assert.equal(language, 'en');
		assert.deepEqual(
			{ name: person.name, born: person.birth_date, type: person.id_type, id: person.id_number, phone: person.phone, notes: person.notes },
			{ name: '欧阳正', born: '1981-02-03', type: 'passport', id: 'E12345678', phone: undefined, notes: 'one\ntwo' },
		);
	});

	await t.test('a field that cannot be right is named, and nothing is sent', async () => {
		await page.click('.correct summary');
		await page.fill('#correct-companions', '21');
		await page.fill('#correct-reason', 'x');
		await press('保存更正');
		await says(page.locator('.correct .error'), /陪同人数.*有误/);
		assert.equal((await site.board.visit(me.number)).companions, 2);
		await page.fill('#correct-companions', '1');
		await page.fill('#correct-birth_date', '2030-01-01');
		await press('保存更正');
		await says(page.locator('.correct .act .error'), /出生日期还没到/);
		assert.equal((await site.board.visit(me.number)).companions, 2, 'none of it');
	});

	await t.test('what was injected is corrected from what is recorded', async () => {
		const given = await hall.observing();
		await lookUp(given.number);
		await says(facts, /新冠灭活疫苗（Vero细胞） · L2026-11/);
		await page.click('.correct summary');
		assert.equal(await page.inputValue('#correct-lot'), 'L2026-11');
		await page.selectOption('#correct-vaccine', 'recombinant');
		await page.fill('#correct-lot', 'L2026-12');
		await page.fill('#correct-reason', '批号看错');
		await press('保存更正');
		await says(facts, /重组新冠疫苗（CHO细胞） · L2026-12/);
		const { stock } = await site.board.view('board');
		assert.deepEqual(stock.filter((s) => s.given > 0), [{ vaccine: 'recombinant', lot: 'L2026-12', given: 1 }]);
	});

	await t.test('in each language, with all of it open', async () => {
		await page.keyboard.press('Escape');
		await hall.do(me, 'park').catch(() => site.board.act(me.number, 'park'));
		await faultlessEverywhere(view, 'find', async () => {
			await page.click('[data-tool=find]');
			await page.fill('#find-ref', me.number);
			await page.click('.find button');
			await page.click('.correct summary');
		});
	});
});

test('an early leaver is found from the follow-up list', async (t) => {
	const { site, page, hall } = await startBoard({ clock: MANUAL }, t);
	const someone = await hall.do(await hall.observing(), 'walked_out');
	await site.advance(MINUTE);
	await page.locator('#follow-up').getByRole('button', { name: someone.number }).click();
	await shows(page, '.found', someone.number);
	await waitFor(async () => /提前离开/.test(await page.locator('.facts').textContent()), 'its state');
});
