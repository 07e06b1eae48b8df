// A ticket in an attendee's hand: the page against the real server, from the queue to the exit. SCREENSHOTS=DIR keeps pictures.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { openDoor, openPage, seriousFaults, smallTargets } from '../lib/browser.mjs';
import { DOSE, Hall } from '../lib/hall.mjs';
import { MANUAL, MINUTE, SECOND, startSite, uuid, waitFor } from '../lib/site.mjs';

const KEPT = process.env.SCREENSHOTS;
const PHONE = { width: 412, height: 915 };
const SMALL = { width: 320, height: 568 };
const PERSON = { name: '欧阳测试', phone: '13800138000' };
const UNWELL_PX = 60;

const heading = (page, wanted, selector = '.headline') =>
	waitFor(async () => (await page.locator(selector).allTextContents()).some((s) => s.includes(wanted)), `${selector} to show ${wanted}`);
const tone = (page, wanted) => page.locator(`body[data-tone=${wanted}]`).waitFor();
const live = (page) => page.locator('.live[data-state=live]').waitFor();

async function faultless({ page, errors, strangers }, name) {
	if (KEPT) await page.screenshot({ path: path.join(KEPT, `${name}.png`) });
	assert.deepEqual(await seriousFaults(page), [], name);
	assert.deepEqual(await smallTargets(page), [], name);
	assert.deepEqual(errors, [], name);
	assert.deepEqual(strangers, [], `${name}: requests that leave the site`);
	const text = await page.locator('body').innerText();
	assert.doesNotMatch(text, /欧阳|13800138000|\b(?:ticket|cry|stage|state|board|place)\.\w+|undefined|null|NaN|\{\w+\}/, name);
	const { wide, button } = await page.evaluate(() => ({
		wide: document.documentElement.scrollWidth - innerWidth,
		button: document.querySelector('button.unwell')?.getBoundingClientRect().toJSON(),
	}));
	assert.ok(wide <= 0, `${name}: ${wide} px too wide`);
	if (!button) return;
	assert.ok(button.width >= UNWELL_PX && button.height >= UNWELL_PX, `${name}: ${JSON.stringify(button)}`);
	assert.ok(button.bottom <= page.viewportSize().height && button.top >= 0, `${name}: the button is in sight`);
}

async function openTicket(t, origin, code, prefix = 't') {
	const view = await openPage(t, origin, PHONE);
	await view.page.goto(`${origin}/${prefix}/${code}`);
	return view;
}

const unwellAlarms = async (site) => (await site.board.view('alerts')).alerts.filter((a) => a.kind === 'unwell');

test('a phone follows its ticket from the queue to the exit', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const door = await openDoor(site, t);
	const hall = new Hall(site);
	const first = await hall.newcomer();
	const me = await hall.newcomer(PERSON);
	const view = await openTicket(t, door.origin, me.token);
	const { page } = view;

	await t.test('waiting: the stage, and who is ahead', async () => {
		await live(page);
		await heading(page, '等候登记');
		assert.equal(await page.locator('h1').textContent(), me.number);
		assert.match(await page.locator('.ahead').textContent(), /前面还有\s*1\s*人/);
		await faultless(view, 'ticket-queued');
		await hall.do(first, 'start', { desk: 'registration-1' });
		await heading(page, '下一位就是您', '.ahead');
		await faultless(view, 'ticket-next');
	});

	await t.test('called: nothing is larger than the desk', async () => {
		assert.equal((await site.board.desk('registration-3', 'call')).status, 200);
		await tone(page, 'call');
		assert.equal(await page.locator('.desk').textContent(), '登记 3 号台');
		const size = (selector) => page.locator(selector).evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
		assert.ok((await size('.desk')) > (await size('.number')), 'the desk is larger than the number');
		assert.match(await page.title(), new RegExp(`${me.number}.*登记 3 号台`));
		assert.match(await page.locator('#cry').textContent(), /登记 3 号台/);
		await faultless(view, 'ticket-called');
	});

	await t.test('served, on hold, and on to the injection', async () => {
		await hall.do(me, 'start', { desk: 'registration-3' });
		await heading(page, '正在为您办理');
		await tone(page, 'plain');
		await faultless(view, 'ticket-serving');
		await hall.do(me, 'finish', { desk: 'registration-3' });
		await heading(page, '等候知情告知');
		await hall.do(me, 'park');
		await heading(page, '您的号码已暂缓');
		await faultless(view, 'ticket-parked');
		await hall.do(me, 'resume');
		await hall.do(me, 'start', { desk: 'consent-1' });
		await hall.do(me, 'finish', { desk: 'consent-1' });
		await hall.do(me, 'start', { desk: 'injection-1' });
		await hall.do(me, 'inject', { desk: 'injection-1', ...DOSE });
		await heading(page, '请前往留观区');
		assert.equal(await page.locator('.steps .done').count(), 3);
		await faultless(view, 'ticket-injected');
	});

	await t.test('observing: the countdown runs by the server\'s clock', async () => {
		await site.advance(MINUTE);
		await hall.do(me, 'arrive');
		await waitFor(async () => (await page.locator('#left').count()) && (await page.locator('#left').textContent()) === '29:00', '29:00');
		const due = (await site.board.visit(me.token)).due_at;
		await heading(page, new Date(due).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' }));
		await faultless(view, 'ticket-observing');
		await site.advance(10 * MINUTE + SECOND);
		await waitFor(async () => /^18:5\d$/.test(await page.locator('#left').textContent()), 'eleven minutes less');
	});

	await t.test('a killed server: the age of the data is said within five seconds, and it heals', async () => {
		await site.kill9();
		const since = Date.now();
		const lost = page.locator('.live[data-state=stale]');
		await lost.waitFor();
		const said = Date.now() - since;
		assert.match(await lost.textContent(), /^数据是 \d+ 秒前的$/);
		assert.ok(said < 5500, `said after ${said} ms`);
		await faultless(view, 'ticket-stale');
		await site.start({ setup: false });
		await live(page);
		await heading(page, '可以离开');
	});

	await t.test('it may leave when due, and not before', async () => {
		const due = Date.parse((await site.board.visit(me.token)).due_at);
		await site.advanceTo(due - SECOND);
		await waitFor(async () => (await page.locator('#left').textContent()) === '0:01', 'the last second');
		assert.equal(await page.locator('body').getAttribute('data-tone'), 'plain');
		await site.advanceTo(due);
		await tone(page, 'go');
		await heading(page, '您可以离开了');
		await faultless(view, 'ticket-may-leave');
	});

	await t.test('out: thanked, in each language', async () => {
		await hall.do(me, 'release');
		await heading(page, '全部完成');
		for (const [lang, thanks] of [['zh-Hant', '全部完成，謝謝您'], ['en', 'All done, thank you'], ['zh-Hans', '全部完成，谢谢您']]) {
			await page.locator(`.languages [lang="${lang}"]`).click();
			await heading(page, thanks);
			assert.equal(await page.getAttribute('html', 'lang'), lang);
			await faultless(view, `ticket-completed-${lang}`);
		}
	});
});

test('where to wait, who goes together, and that calls are held, in each language', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { rooms: { registration: 2 } } }, t);
	const hall = new Hall(site);
	const origin = `http://127.0.0.1:${site.port}`;
	const party = uuid();
	const [first, second] = [await hall.newcomer(), await hall.newcomer()];
	const me = await hall.newcomer(PERSON, { party });
	await hall.newcomer({}, { party });
	const view = await openTicket(t, origin, me.token);
	const { page } = view;
	const each = async (name, texts) => {
		for (const [lang, ...wanted] of texts) {
			await page.locator(`.languages [lang="${lang}"]`).click();
			for (const said of wanted) await heading(page, said, '.scene');
			await page.setViewportSize(SMALL);
			await faultless(view, `ticket-${name}-${lang}-small`);
			await page.setViewportSize(PHONE);
			await faultless(view, `ticket-${name}-${lang}`);
		}
	};

	await t.test('in the hall, until the room has a place', async () => {
		await each('hall', [
			['zh-Hant', '請在大廳等候', '你們 2 人一起辦理'], ['en', 'Please wait in the hall', 'The 2 of you go together'],
			['zh-Hans', '请在大厅等候', '你们 2 人一起办理'],
		]);
		assert.match(await page.locator('#cry').textContent(), /大厅等候/);
	});

	await t.test('on hold: no minutes are promised', async () => {
		assert.equal((await site.board.post('/api/site/hold', { reason: 'fridge' })).status, 200);
		await each('held', [
			['zh-Hant', '暫停叫號，請稍候'], ['en', 'Calls are paused', 'Your place is kept'], ['zh-Hans', '暂停叫号，请稍候', '请在大厅等候'],
		]);
		assert.doesNotMatch(await page.locator('.scene').textContent(), /大约|fridge/);
		assert.equal((await site.board.post('/api/site/resume')).status, 200);
		await page.locator('.held').waitFor({ state: 'detached' });
	});

	await t.test('in the room, once admitted', async () => {
		await hall.do(first, 'leave');
		await hall.do(second, 'leave');
		await each('room', [
			['zh-Hant', '請到登記區等候'], ['en', 'Please wait in the area for Registration'], ['zh-Hans', '请到登记区等候'],
		]);
	});
});

test('the ticket\'s language is spoken until another is chosen, and each state in it', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const origin = `http://127.0.0.1:${site.port}`;
	const me = await hall.newcomer(PERSON, { language: 'en' });
	const view = await openTicket(t, origin, me.token, 'T');
	const { page } = view;
	await heading(page, 'Waiting for Registration');
	assert.equal(await page.getAttribute('html', 'lang'), 'en');
	await faultless(view, 'ticket-en-queued');
	assert.equal((await site.board.desk('registration-1', 'call')).status, 200);
	await heading(page, 'Registration desk 1', '.desk');
	await faultless(view, 'ticket-en-called');
	await page.setViewportSize(SMALL);
	await faultless(view, 'ticket-en-called-small');
	await page.setViewportSize(PHONE);
	await page.locator('.languages [lang="zh-Hant"]').click();
	await heading(page, '登記 1 號台', '.desk');
	await page.reload();
	await heading(page, '登記 1 號台', '.desk');
	await page.locator('.languages [lang="en"]').click();

	for (const state of ['observing', 'deferred', 'declined', 'left', 'left_early', 'transferred']) {
		const { token, number } = await hall.bring(state);
		await page.goto(`${origin}/t/${token}`);
		await live(page);
		await waitFor(async () => (await page.locator('h1').textContent()).startsWith(number), state);
		await faultless(view, `ticket-en-${state}`);
	}
});

test('"I feel unwell" is one tap, one alarm, and is sent until it is answered', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const door = await openDoor(site, t);
	const hall = new Hall(site);
	const me = await hall.observing(PERSON);
	const view = await openTicket(t, door.origin, me.token);
	const { page } = view;
	const button = page.locator('button.unwell');
	const state = (wanted) => page.locator(`#cry-state[data-state=${wanted}]`).waitFor();
	await live(page);
	assert.match(await button.textContent(), /我不舒服.*I feel unwell/);

	await t.test('help is told at once, and the board has the alarm', async () => {
		await button.click();
		await tone(page, 'stop');
		await heading(page, '马上有人来帮您');
		await state('told');
		const [alarm, ...more] = await waitFor(async () => {
			const list = await unwellAlarms(site);
			return list.length && list;
		}, 'the alarm');
		assert.deepEqual(more, []);
		assert.equal(alarm.number, me.number);
		assert.equal(alarm.place, 'observation');
		assert.equal(alarm.count, 1);
		await faultless(view, 'ticket-unwell');
	});

	await t.test('well again: the page goes back to the countdown', async () => {
		await hall.do(me, 'clear');
		await page.locator('#left').waitFor();
	});

	await t.test('with the server gone it goes on sending, and cries once', async () => {
		await site.kill9();
		await button.click();
		await button.click();
		await heading(page, '马上有人来帮您');
		await state('trying');
		await faultless(view, 'ticket-unwell-trying');
		await site.start({ setup: false });
		await state('told');
		const cries = (await site.log()).filter((e) => e.type === 'alert_raised' && e.data.kind === 'unwell');
		assert.equal(cries.length, 2, JSON.stringify(cries));
		const [alarm] = await unwellAlarms(site);
		assert.equal(alarm.count, 1);
		await page.reload();
		await heading(page, '马上有人来帮您');
	});

	await t.test('a cry that a reload interrupts is sent under its id', async () => {
		await hall.do(me, 'clear');
		await page.locator('#left').waitFor();
		let refuse = true;
		const bodies = [];
		await page.route('**/api/unwell', async (route) => {
			bodies.push(route.request().postDataJSON());
			await (refuse ? route.abort() : route.continue());
		});
		await button.click();
		await state('trying');
		await page.reload();
		await state('trying');
		refuse = false;
		await state('told');
		assert.equal(new Set(bodies.map((b) => b.id)).size, 1, JSON.stringify(bodies));
		assert.equal((await unwellAlarms(site))[0].count, 1);
		assert.deepEqual(view.errors, []);
	});
});

test('by the public listener, where a code that is not known is told so plainly', async (t) => {
	const site = await startSite({
		clock: MANUAL, args: ['--listen-public', '127.0.0.1:0'], config: { public_url: 'https://vaccinate.example' },
	}, t);
	const port = await waitFor(() => /listening_public port="?(\d+)/.exec(site.stderr)?.[1]);
	const origin = `http://127.0.0.1:${port}`;
	const hall = new Hall(site);
	const me = await hall.waiting('consent', PERSON);
	const view = await openTicket(t, origin, me.token, 'T');
	const { page } = view;

	await t.test('the address in the QR shows the ticket, and its cry arrives', async () => {
		await heading(page, '等候知情告知');
		await live(page);
		await page.locator('button.unwell').click();
		await page.locator('#cry-state[data-state=told]').waitFor();
		assert.equal((await unwellAlarms(site))[0].number, me.number);
		await faultless(view, 'ticket-public');
	});

	await t.test('malformed and forged codes', async () => {
		const forged = me.token.slice(0, -1) + (me.token.endsWith('A') ? 'B' : 'A');
		for (const code of [me.token.slice(1), 'W001', '%3Cb%3E']) {
			await page.goto(`${origin}/T/${code}`);
			await heading(page, '这里没有这张号票');
			assert.match(await page.locator('#unwell').innerText(), /工作人员/);
			assert.equal(await page.locator('button.unwell').count(), 0, 'no button that would be refused');
		}
		await faultless(view, 'ticket-unknown');
		// A forged code is answered like that of another day, whose cry would be heard: it may be tried.
		await page.goto(`${origin}/T/${forged}`);
		await heading(page, '这里没有这张号票');
		await page.locator('button.unwell').click();
		await page.locator('#cry-state[data-state=refused]').waitFor();
		for (const [lang, wrong, call, help] of [
			['zh-Hant', '沒有送到', '叫身邊的工作人員', '來幫您'], ['en', 'It did not get through', 'Call the nearest staff member', 'Help is coming'],
			['zh-Hans', '没有送到', '叫身边的工作人员', '来帮您'],
		]) {
			await page.locator(`.languages [lang="${lang}"]`).click();
			await heading(page, wrong);
			const said = await page.locator('main').innerText();
			assert.ok(said.includes(call) && !said.includes(help), said);
			assert.ok(!(await page.locator('#cry').textContent()).includes(help), 'nor is it read out');
			await faultless(view, `ticket-unheard-${lang}`);
		}
	});
});
