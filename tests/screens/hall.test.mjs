// The whole hall on the board: holding all calls, the roll call, rooms and seats that are full, parties at their desk, those set
// aside and those turned away, devices that fall silent, and the close of the day with what stands in the way.
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultless, faultlessEverywhere, says, shows, startBoard, text } from '../lib/board_page.mjs';
import { DOSE, accepted, refused } from '../lib/hall.mjs';
import { DAY, csv, many } from '../lib/rosters.mjs';
import { MANUAL, MINUTE, SECOND, uuid, waitFor } from '../lib/site.mjs';

const card = (page, stage) => page.locator(`.stage[data-stage="${stage}"]`);
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

test('all calls are held at a tap, with who is inside, and go on at another', async (t) => {
	const { site, view, page, hall } = await startBoard({ clock: MANUAL }, t);
	const waiting = await hall.newcomer({}, { companions: 2 });
	const served = await hall.served();
	const seated = await hall.observing();
	await hall.do(await hall.observing(), 'walked_out');

	await t.test('a reason is needed where none of the usual ones fits', async () => {
		await page.click('[data-tool=hold]');
		await press(page, '立即暂停');
		await says(page.locator('dialog .error'), /请填写原因/);
		await faultless(view, 'hold-ask');
		await page.fill('#hold-reason', '停电 <b>');
		await press(page, '立即暂停');
		await shows(page, '#hold h2', '已暂停叫号：停电 <b>');
		await page.locator('dialog').waitFor({ state: 'detached' });
	});

	await t.test('the banner tells how many are inside, and on asking who and where', async () => {
		await shows(page, '#hold .people', '08:00 起 · 场内 5 人');
		await page.click('#hold summary');
		const inside = await page.locator('#hold .inside li').allTextContents();
		assert.deepEqual(inside.sort(), [`${waiting.number} 带 2 人`, `${served.number} 登记 7 号台`, seated.number].sort());
		await says(card(page, 'registration').locator('.mark'), /已暂停叫号/);
		refused(await site.board.desk('registration-1', 'call'), 'hold');
		assert.ok(await page.locator('[data-tool=hold]').isHidden(), 'it cannot be held twice');
	});

	await t.test('the list follows while it is open, and its button stays', async () => {
		const resume = await page.locator('#hold button').elementHandle();
		await hall.do(served, 'finish', { desk: 'registration-7' });
		await waitFor(async () => (await page.locator('#hold .inside').textContent()).includes('知情告知 1'), 'the move to consent');
		assert.ok(await page.locator('#hold details').evaluate((node) => node.open));
		assert.ok(await resume.evaluate((node) => node.isConnected), 'the same button');
		await faultlessEverywhere(view, 'hold', () => page.click('#hold summary'));
	});

	await t.test('on it goes', async () => {
		await press(page, '恢复叫号');
		await page.locator('#hold').waitFor({ state: 'hidden' });
		await page.locator('[data-tool=hold]').waitFor();
		assert.equal((await site.board.desk('registration-1', 'call')).status, 200);
	});

	await t.test('one tap for the usual reasons', async () => {
		await page.click('[data-tool=hold]');
		await press(page, '疏散');
		await shows(page, '#hold h2', '已暂停叫号：疏散');
	});
});

test('a roll call finds an empty seat, and the alarm ends when the person is seen', async (t) => {
	const { site, view, page, hall } = await startBoard({ clock: MANUAL }, t);
	const [here, gone] = [await hall.observing(), await hall.observing()];
	const observer = await site.device('handheld', '留观一号', 'observation');
	await site.advance(SECOND);
	await page.click('[data-tool=roll]');
	await press(page, '开始点名');
	await shows(page, '.roll .lead', '已见 0 / 2');
	await site.advance(MINUTE);
	accepted(await observer.scan(here.token), 'seen');
	await shows(page, '.roll .lead', '已见 1 / 2');
	await says(page.locator('[data-tool=roll]'), /^点名中 1 \/ 2$/);
	await faultless(view, 'roll-on');
	await press(page, '结束点名');
	await shows(page, '.roll .lead', '08:01 点名结束，1 人未见');
	await page.keyboard.press('Escape');
	const alarm = page.locator('.alert:has(.icon-missing)');
	await says(alarm.locator('.title'), new RegExp(`^${gone.number} 点名未见$`));
	assert.equal(await page.locator('.alert:has(.icon-missing)').count(), 1);
	await faultlessEverywhere(view, 'roll', () => page.click('[data-tool=roll]'));
	await alarm.getByRole('button', { name: /^在座/ }).click();
	await alarm.waitFor({ state: 'detached' });
});

test('stages that are full say why and until when; a party stands at one desk', async (t) => {
	const config = { rooms: { registration: 5 }, observation: { seats: 2 }, alerts: { seats_full_seconds: 60 } };
	const { site, view, page, hall } = await startBoard({ clock: MANUAL, config }, t);
	const party = uuid();

	await t.test('a party is called whole: the first number, and how many more', async () => {
		const family = [];
		for (let i = 0; i < 3; i++) family.push(await hall.newcomer({}, { party }));
		assert.equal((await site.board.desk('registration-1', 'call')).body.party.length, 3);
		const at = '[data-desk="registration-1"] .now';
		await shows(page, `${at} b`, `${family[0].number} +2`);
		await shows(page, `${at} span`, '叫号');
		await page.getByRole('button', { name: '开台、关台' }).click();
		await says(page.locator('.toggles li', { hasText: '登记 1 号台' }), new RegExp(family.map((f) => f.number).join(' ')));
		await page.keyboard.press('Escape');
	});

	await t.test('a full room: who waits in the hall', async () => {
		await hall.newcomer({}, { companions: 1 });
		await hall.newcomer();
		await says(card(page, 'registration').locator('.notes'), /室内 5 \/ 5 · 大厅 1/);
		assert.equal((await site.board.desk('registration-2', 'call')).status, 200);
		refused(await site.board.desk('registration-3', 'call'), 'paused');
		await says(card(page, 'registration').locator('.mark'), /房间已满/);
	});

	await t.test('a device at a desk is named there', async () => {
		await site.device('handheld', '手持乙', 'registration-2');
		await shows(page, '[data-desk="registration-2"] .now small', '手持乙');
	});

	await t.test('no seat: until when, and the alarm that ends when one frees', async () => {
		for (const someone of (await site.board.view('board')).desks[0].called_all) await site.board.act(someone, 'leave');
		const leaver = await hall.observing();
		await site.advance(MINUTE);
		await hall.observing();
		await hall.waiting('injection');
		await says(card(page, 'injection').locator('.mark'), /留观座位已满，08:30 起有空位/);
		await says(card(page, 'observation').locator('h2 .mark'), /座位已满/);
		await site.advance(MINUTE);
		const alarm = page.locator('.alert:has(.icon-seats_full)');
		await alarm.waitFor();
		await faultlessEverywhere(view, 'full');
		await site.advance(28 * MINUTE);
		await hall.do(leaver, 'release');
		await alarm.waitFor({ state: 'detached' });
		await card(page, 'injection').locator('.mark').waitFor({ state: 'detached' });
	});
});

test('those turned away, the doses given, those set aside', async (t) => {
	const { site, view, page, hall } = await startBoard({ clock: MANUAL }, t);
	await site.board.roster(csv(many(2)));
	const { rows } = (await site.board.get(`/api/roster?day=${DAY}`)).body;
	const checks = (appointment, failed) => site.board.checkIn({ appointment }, { checks: { health_code: true, [failed]: false } });
	refused(await checks(rows[0].appointment, 'temperature'), 'not_today');
	refused(await checks(rows[1].appointment, 'temperature'), 'not_today');
	refused(await checks(rows[1].appointment, 'mask'), 'not_today');
	await hall.injected();
	await hall.injected();
	const aside = await hall.do(await hall.newcomer(), 'park');
	await shows(page, '#tallies .tally:last-child h2', /未通过入场检查\s*3/);
	const tallies = (await page.locator('#tallies tr').allTextContents()).sort();
	assert.deepEqual(tallies, [`新冠灭活疫苗（Vero细胞） ${DOSE.lot}2`, '体温2', '口罩1'].sort());
	await shows(page, '#parked h2 .num', '1');
	await faultlessEverywhere(view, 'tallies');
	await page.locator('#parked').getByRole('button', { name: aside.number }).click();
	await page.locator('dialog').getByRole('button', { name: '恢复排队' }).click();
	await page.locator('#parked').waitFor({ state: 'hidden' });
	await says(page.locator('dialog .facts'), /等候 · 登记/);
});

test('a device that falls silent is marked, and its alarm ends when it is heard', async (t) => {
	const { site, view, page, hall } = await startBoard({ clock: MANUAL, config: { alerts: { device_silent_seconds: 30 } } }, t);
	await hall.newcomer(); // opens the day
	const exit = await site.device('exit', '东门 <img src=x onerror="document.title=1">');
	assert.equal((await exit.get('/api/site')).status, 200);
	await site.advance(31 * SECOND);
	const alarm = page.locator('.alert:has(.icon-device_silent)');
	await shows(page, '.alert:has(.icon-device_silent) .where', '东门 <img src=x onerror="document.title=1">');
	await shows(page, '#silent', '1 台无响应');
	await page.click('[data-tool=devices]');
	const row = page.locator('dialog tr', { hasText: '东门' });
	await says(row, /无响应/);
	assert.match(await row.textContent(), /东门 <img src=x/);
	await faultless(view, 'devices-silent');
	assert.equal((await exit.get('/api/site')).status, 200);
	await alarm.waitFor({ state: 'detached' });
	await row.locator('.mark').waitFor({ state: 'detached' });
	await shows(page, '#silent', '');
	await page.keyboard.press('Escape');
	await faultlessEverywhere(view, 'devices', async () => {
		await page.click('[data-tool=devices]');
		await page.locator('dialog tbody tr').first().waitFor();
	});
	assert.doesNotMatch(await page.title(), /^1$/);
});

test('the day says what stands in the way of its close, and closes when nothing does', async (t) => {
	const { site, view, page, hall } = await startBoard({ clock: MANUAL }, t);
	const served = await hall.served();
	const observed = await hall.observing();
	await hall.newcomer();
	await site.board.unwell({ place: 'observation' });
	const open = async () => {
		await page.click('[data-tool=day]');
		await page.locator('dialog .notice').waitFor();
	};
	await open();
	const inTheWay = await page.locator('dialog .notice li').allTextContents();
	assert.deepEqual(inTheWay.sort(), [`办理中 1${served.number}`, `留观中 1${observed.number}`, '不舒服 1留观区'].sort());
	await page.locator('dialog').getByRole('button', { name: '结束当日' }).click();
	await says(page.locator('dialog .act .error'), /当日还不能结束/);
	await page.keyboard.press('Escape');
	await faultlessEverywhere(view, 'day', open);
	await hall.do(served, 'leave');
	await page.locator('.alert:has(.icon-unwell)').getByRole('button', { name: '已处理' }).click();
	await site.advance(30 * MINUTE);
	await hall.do(observed, 'release');
	await shows(page, '#left', '2');
	await page.click('[data-tool=day]');
	await page.locator('dialog').getByRole('button', { name: '结束当日' }).click();
	await says(page.locator('dialog .day'), /2026-11-20 已结束/);
	assert.equal((await site.board.get('/api/day')).body.state, 'closed');
	assert.equal(await text(page, 'dialog h2'), '结束当日');
});
