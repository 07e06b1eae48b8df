// The staff on the board: who is there for what and until when, who is signed on where; and the sheet of badges.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { COUNT, nameOf, scanBadge, startStaffedBoard } from '../lib/badges.mjs';
import { faultless, faultlessEverywhere, says, shows } from '../lib/board_page.mjs';
import { Hall } from '../lib/hall.mjs';
import { tempDir, waitFor } from '../lib/site.mjs';

const NAME = nameOf('C001');
const CARDS = 8;
const row = (page, id) => page.locator(`tr[data-member="${id}"]`);
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

test('the staff, their qualifications, and where they are', async (t) => {
	const { site, view, page } = await startStaffedBoard(t);
	const handheld = await site.device('handheld', '手持七', 'injection-7');
	const open = async () => {
		await page.click('[data-tool=staff]');
		await row(page, 'C001').waitFor();
	};
	assert.equal((await handheld.signOn('N017')).status, 200);

	await t.test('a desk, and a device, tell who is there', async () => {
		await shows(page, '[data-desk="injection-7"] .now small', '张敏');
		await press(page, '设备');
		await says(page.locator('dialog tr', { hasText: '手持七' }), /张敏/);
		await page.keyboard.press('Escape');
	});

	await t.test('each with a word for what ends soon and what has ended', async () => {
		await open();
		await says(row(page, 'C001'), /医生 至 2026年12月5日即将到期/);
		await says(row(page, 'C001'), /预检员 至 2026年11月19日已过期/);
		await says(row(page, 'N017'), /接种员 至 2026年11月20日即将到期/);
		await says(row(page, 'N018'), /接种员 至 2027年6月30日/);
		assert.equal(await row(page, 'N018').locator('.mark').count(), 0);
		await says(row(page, 'C003').locator('.mark:has(.icon)'), /^未设，无法上岗$/);
		await says(row(page, 'N018').locator('td:nth-child(3)'), /^未设$/);
		await says(row(page, 'N017').locator('td:last-child'), /手持七 接种 7 号台 · 08:00 起/);
		await says(row(page, 'R002').locator('td:last-child'), /未上岗/);
		await says(page.locator('.staff-head [role=status]'), /^10 人，上岗 1 人$/);
		assert.ok((await row(page, 'C001').locator('th').textContent()).includes(NAME));
		assert.equal(await page.locator('img[src="x"]').count(), 0);
	});

	await t.test('by role', async () => {
		await page.selectOption('#staff-role', 'vaccinator');
		await says(page.locator('.staff-head [role=status]'), /^3 人，上岗 1 人$/);
		assert.equal(await page.locator('.staff tbody tr').count(), 3);
		await page.selectOption('#staff-role', '');
		await page.keyboard.press('Escape');
		await faultlessEverywhere(view, 'staff', open);
	});

	await t.test('who signs off is not there any more', async () => {
		await open();
		assert.equal((await handheld.signOff()).status, 200);
		await says(row(page, 'N017').locator('td:last-child'), /未上岗/);
		await page.keyboard.press('Escape');
		await shows(page, '[data-desk="injection-7"] .now small', '手持七');
	});

	await t.test('a ticket tells who did what', async () => {
		assert.equal((await handheld.signOn('N018')).status, 200);
		const someone = await new Hall(site).newcomer();
		assert.equal((await site.board.desk('registration-1', 'call')).status, 200);
		for (const action of ['start', 'finish']) assert.equal((await site.board.act(someone.token, action, { desk: 'registration-1' })).status, 200);
		assert.equal((await site.board.act(someone.token, 'start', { desk: 'consent-1' })).status, 200);
		assert.equal((await site.board.act(someone.token, 'finish', { desk: 'consent-1' })).status, 200);
		assert.equal((await handheld.act(someone.token, 'start')).status, 200);
		await page.click('[data-tool=find]');
		await page.fill('#find-ref', someone.number);
		await press(page, '查找');
		await says(page.locator('.timeline tbody tr').last(), /接种 7 号台Alexandra Montgomery-Featherstonehaugh/);
		await faultless(view, 'timeline-staff');
	});
});

// Pages of a PDF that Chromium wrote.
const pagesOf = (pdf) => pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g).length;
const read = (file) => execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' }).trim().split('\n').sort();

test('the sheet of badges', async (t) => {
	const { view, page, badges } = await startStaffedBoard(t);
	const dir = tempDir(t);
	const papers = page.locator('.paper');

	await t.test('a supervisor is asked for', async () => {
		await page.click('[data-tool=staff]');
		await press(page, '打印胸卡');
		await says(page.locator('.sign-on .notice'), /打印胸卡需要负责人/);
		await page.keyboard.press('Escape');
		assert.ok(page.url().endsWith('/board'));
		await press(page, '打印胸卡');
		await scanBadge(page, badges.S001);
		await page.waitForURL('**/badges');
		await papers.first().waitFor();
		await shows(page, '#on-duty .soft', '不用则至 12:00');
		await shows(page, '#count', `10 张胸卡，2 页 A4`);
	});

	await t.test('a card has the name as typed, the roles in three languages, the id and the badge', async () => {
		const card = page.locator('.badge-card[data-member="C001"]');
		assert.equal(await card.locator('.name').textContent(), NAME);
		assert.equal(await page.locator('img[src="x"]').count(), 0);
		assert.deepEqual(await card.locator('li').last().locator('span').allTextContents(), ['医生', '醫生', 'clinician']);
		assert.equal(await card.locator('.id').textContent(), 'C001');
		const millimetres = await card.evaluate((node) => [node.offsetWidth, node.offsetHeight].map((px) => Math.round((px * 25.4) / 96)));
		assert.deepEqual(millimetres, [85, 54]);
		const spilt = await page.evaluate(() => [...document.querySelectorAll('.badge-card')].filter((node) =>
			[node, node.querySelector('.text')].some((box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)).length);
		assert.equal(spilt, 0, 'all of it fits the card');
		await faultlessEverywhere(view, 'badges');
	});

	await t.test('printed: eight to a page, nothing beside them, and each code reads', async () => {
		await page.emulateMedia({ media: 'print' });
		const shown = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((node) =>
			node.getClientRects().length > 0 && !node.closest('.paper') && !node.matches('main, .papers')).map((node) => node.outerHTML));
		assert.deepEqual(shown, []);
		await page.setViewportSize({ width: 794, height: 1123 });
		for (const [i, cards] of [CARDS, COUNT - CARDS].entries()) {
			const file = path.join(dir, `sheet-${i}.png`);
			await papers.nth(i).screenshot({ path: file });
			const ids = await papers.nth(i).locator('.badge-card').evaluateAll((nodes) => nodes.map((node) => node.dataset.member));
			assert.equal(ids.length, cards);
			assert.deepEqual(read(file), ids.map((id) => `BADGE:${badges[id]}`).sort());
		}
		const file = path.join(dir, 'badges.pdf');
		await page.pdf({ path: file, preferCSSPageSize: true });
		assert.equal(pagesOf(fs.readFileSync(file)), 2);
		await page.emulateMedia({ media: 'screen' });
		await page.setViewportSize({ width: 1440, height: 900 });
	});

	await t.test('some only', async () => {
		await press(page, '全不选');
		await shows(page, '#count', '0 张胸卡，0 页 A4');
		await page.locator('[data-choice="N017"]').check();
		await page.selectOption('#staff-role', 'vaccinator');
		await shows(page, '#count', '1 张胸卡，1 页 A4');
		await press(page, '全选');
		await shows(page, '#count', '3 张胸卡，1 页 A4');
		const asked = await page.evaluate(() => new Promise((resolve) => {
			window.print = () => resolve(document.querySelectorAll('.badge-card').length);
			document.querySelector('#print').click();
		}));
		assert.equal(asked, 3, 'printed once every code is there');
	});

	await t.test('gone with whoever may see them', async () => {
		await press(page, '下岗');
		await papers.first().waitFor({ state: 'detached' });
		await faultlessEverywhere(view, 'badges-closed');
		await waitFor(async () => !(await page.content()).includes(badges.S001), 'no code in the page');
		await press(page, '显示胸卡');
		await says(page.locator('.sign-on .notice'), /打印胸卡需要负责人/);
		await scanBadge(page, badges.N017);
		await says(page.locator('.sign-on .notice'), /在此上岗的是张敏/);
		await scanBadge(page, badges.S002);
		await papers.first().waitFor();
	});

	await t.test('not shown at all where they come when the one who asked is gone', async () => {
		const codes = '**/api/staff?badges=1';
		let asked, answer;
		const waiting = new Promise((resolve) => (asked = resolve));
		const gone = new Promise((resolve) => (answer = resolve));
		await page.route(codes, async (route) => {
			const response = await route.fetch();
			asked();
			await gone;
			await route.fulfill({ response });
		});
		await page.reload();
		await waiting;
		await press(page, '下岗');
		await says(page.locator('#on-duty'), /无人上岗/);
		const came = page.waitForResponse(codes);
		answer();
		await (await came).finished();
		await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
		assert.equal(await papers.count(), 0);
		assert.ok(!(await page.content()).includes(badges.S001), 'no code in the page');
		await page.unroute(codes);
		await scanBadge(page, badges.S002);
		await shows(page, '#on-duty b', '赵敏');
		await press(page, '显示胸卡');
		await papers.first().waitFor();
		await page.click('header a');
		await page.waitForSelector('.live[data-state=live]');
		await shows(page, '#on-duty b', '赵敏');
	});
});
