// The first pages in a real browser, against the real server: set-up, the board as the hall moves, a lost stream, enrolling
// and revoking a device, closing the day. SCREENSHOTS=DIR keeps pictures.
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultless, shows, startBoard, text } from '../lib/board_page.mjs';
import { openPage } from '../lib/browser.mjs';
import { MANUAL, MINUTE, startSite, waitFor } from '../lib/site.mjs';

const count = (page, stage, place) => text(page, `[data-stage="${stage}"].stage .counts div:nth-child(${place}) b`);

test('a board from set-up to the close of the day', async (t) => {
	const { site, door, view, page, hall } = await startBoard({ clock: MANUAL }, t);

	await t.test('the header tells the site and the server\'s time in its zone', async () => {
		await shows(page, '#site', '示例接种点');
		await shows(page, '#time', '08:00:00');
		assert.equal(await page.getAttribute('html', 'lang'), 'zh-Hans');
		await faultless(view, 'board-empty');
	});

	await t.test('counts move as people do', async () => {
		await hall.newcomer();
		const second = await hall.newcomer();
		await shows(page, '#arrived', '2');
		await waitFor(async () => (await count(page, 'registration', 1)) === '2', 'two waiting');
		await hall.do(second, 'start', { desk: 'registration-2' });
		await shows(page, '[data-desk="registration-2"] .now b', second.number);
		await hall.injected();
		await shows(page, '#injected', '1');
		await waitFor(async () => (await count(page, 'observation', 3)) === '1', 'one on the way');
	});

	const leaver = await hall.observing();
	const exit = await site.device('exit', '东门出口');

	await t.test('an early exit appears at once, with icon, word, number, place and age, and can be acknowledged', async () => {
		await page.mouse.click(10, 880);
		await exit.scan(leaver.token);
		const alarm = page.locator('.alert:has(.icon-early_exit)');
		await alarm.waitFor();
		assert.equal(await alarm.locator('.title').textContent(), `${leaver.number} 提前离开`);
		await waitFor(async () => /东门出口/.test(await alarm.locator('.where').textContent()), 'the name of the exit');
		assert.match(await alarm.locator('.age').textContent(), /^0:0\d$/);
		assert.match(await page.locator('#cry').textContent(), new RegExp(leaver.number));
		await faultless(view, 'board-alarm');
		await alarm.getByRole('button', { name: '我来处理' }).click();
		await waitFor(async () => /已有人处理/.test(await alarm.locator('.marks').textContent()), 'the acknowledgement');
		await site.advance(65_000);
		await waitFor(async () => /^1:0\d$/.test(await alarm.locator('.age').textContent()), 'the age by the server\'s clock');
	});

	await t.test('"returned" settles it; the most urgent stands first', async () => {
		await site.advance(5 * MINUTE);
		await page.locator('.alert:has(.icon-never_arrived)').waitFor();
		const gone = page.locator('.alert:has(.icon-early_exit)');
		await gone.waitFor();
		assert.ok(await page.locator('.alert').first().locator('.icon-early_exit').count(), 'urgency 3 before urgency 2');
		await shows(page, '#follow-up li', leaver.number);
		await gone.getByRole('button', { name: '已返回' }).click();
		await gone.waitFor({ state: 'detached' });
		await page.locator('#follow-up li').waitFor({ state: 'detached' });
	});

	await t.test('an unwell escalates in sight; one without a ticket is settled by hand', async () => {
		await site.board.unwell({ place: 'observation' });
		const alarm = page.locator('.alert:has(.icon-unwell)');
		await alarm.waitFor();
		await site.advance(30_000);
		await waitFor(async () => /已升级/.test(await alarm.locator('.marks').textContent()), 'the escalation');
		await faultless(view, 'board-unwell');
		await alarm.getByRole('button', { name: '已处理' }).click();
		await alarm.waitFor({ state: 'detached' });
	});

	await t.test('each language', async () => {
		for (const [lang, title] of [['zh-Hant', '需要處理'], ['en', 'To act on'], ['zh-Hans', '需要处理']]) {
			await page.locator(`.languages [lang="${lang}"]`).click();
			await waitFor(async () => (await text(page, '#alerts-title')).startsWith(title), lang);
			assert.equal(await page.getAttribute('html', 'lang'), lang);
			await faultless(view, `board-${lang}`);
		}
	});

	await t.test('a lost stream is said within five seconds and heals by itself; an act of meanwhile happens once', async () => {
		const lost = page.locator('.live[data-state=stale]');
		await site.kill9();
		const since = Date.now();
		await lost.waitFor();
		const said = Date.now() - since;
		assert.match(await lost.textContent(), /^数据是 \d+ 秒前的$/);
		assert.ok(said < 5500, `said after ${said} ms`);
		await faultless(view, 'board-stale');
		const alarm = page.locator('.alert:has(.icon-never_arrived)');
		await alarm.locator('button.strong').click();
		await alarm.locator('button[aria-busy=true]', { hasText: '正在发送' }).waitFor();
		await site.start({ setup: false });
		await page.waitForSelector('.live[data-state=live]');
		await waitFor(async () => /已有人处理/.test(await alarm.locator('.marks').textContent()), 'the act to be sent again');
		const acts = (await site.log()).filter((e) => e.type === 'alert_acknowledged' && e.data.kind === 'never_arrived');
		assert.equal(acts.length, 1, JSON.stringify(acts));
		const another = await hall.newcomer();
		await hall.do(another, 'start', { desk: 'registration-5' });
		await shows(page, '[data-desk="registration-5"] .now b', another.number);
	});

	await t.test('a stream that is open and silent is lost too', async () => {
		door.hold();
		await page.waitForSelector('.live[data-state=stale]');
		door.release();
		await page.waitForSelector('.live[data-state=live]');
	});

	await t.test('a desk is closed and opened', async () => {
		await page.getByRole('button', { name: '开台、关台' }).click();
		await page.getByRole('button', { name: '关台: 接种 3 号台' }).click();
		await page.getByRole('button', { name: '开台: 接种 3 号台' }).waitFor();
		await shows(page, '[data-desk="injection-3"] .now span', '关');
		await faultless(view, 'desks');
		await page.keyboard.press('Escape');
	});

	await t.test('a device is invited, enrols by its link, and is revoked', async () => {
		await page.getByRole('button', { name: '设备', exact: true }).click();
		await page.fill('#device-name', '接种 7 手持');
		await page.selectOption('#device-desk', 'injection-7');
		await page.getByRole('button', { name: '生成登记码' }).click();
		const link = (await text(page, '.link')) ?? '';
		assert.ok(link.startsWith(`${door.origin}/enrol#`), link);
		await faultless(view, 'devices');
		const other = await openPage(t, door.origin, { width: 412, height: 915 });
		await other.page.goto(link);
		await other.page.fill('#name', '接种 7 手持');
		await other.page.click('button[type=submit]');
		await other.page.waitForSelector('#done');
		assert.match(await other.page.locator('.facts').textContent(), /手持机.*接种 7 号台/);
		await faultless(other, 'enrolled');
		await other.page.goto(link);
		await other.page.reload();
		await other.page.fill('#code', link.split('#')[1]);
		await other.page.fill('#name', 'again');
		await other.page.click('button[type=submit]');
		await other.page.waitForSelector('#problem');
		assert.match(await other.page.locator('#problem').textContent(), /登记码已用过/);
		await other.page.goto(`${door.origin}/board`);
		await waitFor(async () => /不是指挥屏/.test(await text(other.page, 'h1')), 'the handheld to be told');
		await faultless(other, 'not-a-board');
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: '设备', exact: true }).click();
		await page.getByRole('button', { name: '停用: 接种 7 手持' }).click();
		await page.getByRole('button', { name: '确认停用: 接种 7 手持' }).click();
		await page.locator('dialog tr', { hasText: '接种 7 手持' }).filter({ hasText: '已停用' }).waitFor();
		await page.keyboard.press('Escape');
	});

	await t.test('the day is not closed while somebody is inside, and says who', async () => {
		await page.getByRole('button', { name: '结束当日' }).click();
		await page.locator('dialog li', { hasText: leaver.number }).waitFor();
		await page.locator('dialog').getByRole('button', { name: '结束当日' }).click();
		await page.locator('dialog .act .error', { hasText: '当日还不能结束' }).waitFor();
		await faultless(view, 'day');
		await page.keyboard.press('Escape');
	});

	await t.test('a board whose device is revoked says so', async () => {
		await site.device('board', '指挥屏二号'); // the last one cannot be revoked
		const me = (await site.board.get('/api/devices')).body.devices.find((d) => d.name === '指挥屏一号');
		assert.equal((await site.board.delete(`/api/devices/${me.id}`)).status, 200);
		await waitFor(async () => /不是指挥屏/.test(await text(page, 'h1')), 'the revoked board to be told');
		await faultless(view, 'revoked');
	});
});

test('a mistyped code is refused plainly, and an empty field is named', async (t) => {
	const site = await startSite({ clock: MANUAL, enrol: false }, t);
	const view = await openPage(t, `http://127.0.0.1:${site.port}`);
	const { page } = view;
	await page.goto(`http://127.0.0.1:${site.port}/enrol`);
	await page.click('button[type=submit]');
	await page.waitForSelector('#code-error');
	await page.fill('#code', 'AAAA-AAAA-AA');
	await page.fill('#name', 'x');
	await page.click('button[type=submit]');
	await page.waitForSelector('#problem');
	assert.match(await page.locator('#problem').textContent(), /没有这个登记码/);
	await faultless(view, 'enrol-refused');
});
