// Signing on at the board: by a badge scanned anywhere, by a PIN, by taking over; and the acts that ask for somebody.
import assert from 'node:assert/strict';
import test from 'node:test';
import { nameOf, PIN, scanBadge, startStaffedBoard, wedge } from '../lib/badges.mjs';
import { faultless, faultlessEverywhere, LANGUAGES, says, shows, text } from '../lib/board_page.mjs';
import { Hall, refused } from '../lib/hall.mjs';
import { setPin } from '../lib/signing.mjs';
import { MINUTE, SECOND, waitFor } from '../lib/site.mjs';

const GLOVE = 60;
const nobody = (page) => shows(page, '#on-duty .who', '无人上岗');
const closed = (page) => page.locator('.sign-on').waitFor({ state: 'detached' });
const somebody = async (page, name) => {
	await shows(page, '#on-duty b', name);
	await closed(page); // the stream may be faster than the answer
};
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const tap = (page, pin) => pin.split('').reduce((before, digit) => before.then(() => page.locator('.pin-keys .num', { hasText: digit }).click()), Promise.resolve());
const type = async (page, pin) => {
	await page.keyboard.type(pin);
	await page.keyboard.press('Enter');
};
const of = (events, type) => events.filter((e) => e.type === type);

test('a badge scanned anywhere signs on, and a tap signs off', async (t) => {
	const { site, view, page, badges } = await startStaffedBoard(t, { sign_on: { shift_ends: ['12:30', '18:00'] } });

	await t.test('nobody at first', async () => {
		await nobody(page);
		await faultlessEverywhere(view, 'sign-on', () => page.locator('#on-duty button').click());
	});

	await t.test('a scan while no field has the focus', async () => {
		await page.mouse.click(5, 890);
		await scanBadge(page, badges.S001);
		await somebody(page, '王伟');
		await shows(page, '#on-duty .soft', '至 12:30');
		await says(page.locator('.toast'), /王伟已上岗/);
		await faultless(view, 'signed-on');
	});

	await t.test('its code alone will do, and starts nothing in a field', async () => {
		await press(page, '下岗');
		await nobody(page);
		await page.mouse.click(5, 890);
		await wedge(page, badges.S002);
		await somebody(page, '赵敏');
		await page.click('[data-tool=find]');
		await page.locator('#find-ref').focus();
		await wedge(page, badges.S001);
		await page.keyboard.press('Escape');
		await shows(page, '#on-duty b', '赵敏');
		await wedge(page, badges.S001);
		await somebody(page, '王伟');
	});

	await t.test('it lasts beyond the page', async () => {
		await page.reload();
		await page.waitForSelector('.live[data-state=live]');
		await somebody(page, '王伟');
	});

	await t.test('a tap signs off', async () => {
		await press(page, '下岗');
		await nobody(page);
		assert.equal(of(await site.log(), 'signed_off').at(-1).data.sign_off, 'tap');
	});

	await t.test('a scan while a button has the focus presses nothing', async () => {
		await page.click('[data-tool=hold]');
		await page.locator('dialog .choices button').first().focus();
		await scanBadge(page, badges.S002);
		await somebody(page, '赵敏');
		assert.equal(await page.locator('dialog').count(), 1, 'the dialog that was open stays open');
		assert.deepEqual(of(await site.log(), 'site_held'), []);
		await page.keyboard.press('Escape');
		await press(page, '下岗');
		await nobody(page);
	});

	await t.test('a badge that lost characters is asked for again, and never sent', async () => {
		await wedge(page, `BADGE:${badges.S001.slice(0, 20)}`);
		await says(page.locator('.sign-on .error'), /没有读全/);
		await faultless(view, 'sign-on-truncated');
		await wedge(page, badges.S001.toLowerCase());
		await somebody(page, '王伟');
	});

	await t.test('idle time ends it on the board too', async () => {
		await site.advance(240 * MINUTE);
		await nobody(page);
	});
});

test('a PIN is asked for where a role needs one, and shown nowhere', async (t) => {
	const { site, view, page, badges } = await startStaffedBoard(t);
	const pad = page.locator('.pin-pad');

	await t.test('one that was never set is said', async () => {
		await page.mouse.click(5, 890);
		await scanBadge(page, badges.C003);
		await says(page.locator('.sign-on .error'), /从未设置/);
		await page.keyboard.press('Escape');
	});
	await setPin(site, 'C003', PIN);

	await t.test('by taps large enough for gloves', async () => {
		await page.setViewportSize({ width: 412, height: 915 });
		await page.mouse.click(5, 5);
		await scanBadge(page, badges.C003);
		await pad.waitFor();
		const small = await page.evaluate((least) => [...document.querySelectorAll('.sign-on button')]
			.map((node) => node.getBoundingClientRect()).filter((box) => box.width < least || box.height < least).length, GLOVE);
		assert.equal(small, 0);
		await tap(page, PIN.slice(0, 3));
		await shows(page, '.pin-dots', '●●●');
		assert.doesNotMatch(await page.content(), new RegExp(PIN.slice(0, 3)), 'what was entered stands nowhere');
		assert.equal(await page.locator('.sign-on input').count(), 0, 'no field that anything could fill in or keep');
		await faultless(view, 'pin-phone');
		await press(page, '确认');
		await says(pad.locator('.error'), /4 至 8 位/);
		await tap(page, PIN);
		await press(page, '删除一位');
		await tap(page, PIN.slice(3));
		await press(page, '确认');
		await somebody(page, '钱医生');
		await page.setViewportSize({ width: 1440, height: 900 });
		await press(page, '下岗');
		await nobody(page);
	});

	await t.test('by keys, and a wrong one is told', async () => {
		await scanBadge(page, badges.C003);
		await pad.waitFor();
		await type(page, '1111');
		await says(page.locator('.sign-on .error'), /胸卡或密码不对/);
		await faultless(view, 'pin-wrong');
		await type(page, PIN);
		await somebody(page, '钱医生');
		await press(page, '下岗');
		await nobody(page);
	});

	await t.test('a badge scanned into the pad is taken as one, and its digits as no PIN', async () => {
		await scanBadge(page, badges.C003);
		await pad.waitFor();
		await page.keyboard.type('24');
		await scanBadge(page, badges.S001);
		await somebody(page, '王伟');
		await press(page, '下岗');
		await nobody(page);
		assert.equal(of(await site.log(), 'sign_on_refused').length, 1, 'the wrong one of before, and no other');
	});

	await t.test('a badge that nobody has is asked for a PIN like any other', async () => {
		const stranger = badges.C003.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
		await scanBadge(page, stranger);
		await pad.waitFor();
		await type(page, PIN);
		await says(page.locator('.sign-on .error'), /胸卡或密码不对/);
		await page.keyboard.press('Escape');
	});

	await t.test('too many wrong ones: a wait, counted down by the server\'s clock', async () => {
		await scanBadge(page, badges.C003);
		await pad.waitFor();
		const waiting = page.locator('.sign-on .notice.stop');
		for (let i = 0; i < 8 && (await waiting.count()) === 0; i++) {
			const before = of(await site.log(), 'sign_on_refused').length;
			await type(page, '1111');
			await waitFor(async () => (await waiting.count()) > 0 || of(await site.log(), 'sign_on_refused').length > before, 'the answer');
			await waitFor(async () => (await waiting.count()) > 0 || (await page.locator('.pin-keys [aria-disabled=true]').count()) === 0, 'the pad again');
		}
		await says(waiting, /错误次数太多.*0:\d\d/);
		await page.keyboard.type('24');
		await shows(page, '.pin-dots', '');
		await faultless(view, 'pin-locked');
		await site.advance(10 * SECOND);
		await says(waiting, /0:[012]\d/);
		await site.advance(30 * SECOND);
		await waiting.waitFor({ state: 'detached' });
		await type(page, PIN);
		await somebody(page, '钱医生');
	});
});

test('taking over says from whom, and names are shown as typed', async (t) => {
	const { site, view, page, badges } = await startStaffedBoard(t);
	const NAME = nameOf('C001');
	await setPin(site, 'C001', PIN);
	await page.mouse.click(5, 890);
	await scanBadge(page, badges.C001);
	await page.locator('.pin-pad').waitFor();
	await type(page, PIN);
	await somebody(page, NAME);
	await says(page.locator('.toast'), /上岗证已过期：预检员/);
	await faultless(view, 'signed-on-expired');
	assert.equal(await page.locator('img[src="x"]').count(), 0);
	await press(page, '下岗');
	await nobody(page);
	await scanBadge(page, badges.S001);
	await somebody(page, '王伟');
	await page.mouse.click(5, 890);
	await wedge(page, 'BADGE:ABCD');
	await says(page.locator('.take-over'), /接替王伟（08:00 起上岗）/);
	await page.keyboard.press('Escape');
	await faultlessEverywhere(view, 'take-over', async () => {
		await wedge(page, 'BADGE:ABCD');
		await page.locator('.take-over').waitFor();
	});
	await scanBadge(page, badges.C001);
	await page.locator('.pin-pad').waitFor();
	await type(page, PIN);
	await somebody(page, NAME);
	await waitFor(async () => (await page.locator('.toast').allTextContents()).some((said) => said.includes('接替王伟') && said.includes('<img src=x')), 'whom it was taken over from');
	assert.equal(await page.locator('img[src="x"]').count(), 0);
	assert.doesNotMatch(await page.title(), /owned/);
	assert.equal(of(await site.log(), 'signed_off').at(-1).data.sign_off, 'taken_over');
});

test('an act that asks for somebody opens the dialog, and is done once under its own id', async (t) => {
	const { site, view, page, badges } = await startStaffedBoard(t);
	const hall = new Hall(site);
	const someone = await hall.waiting('consent');
	const why = page.locator('.sign-on .notice.look');

	await t.test('holding all calls: one tap and a badge', async () => {
		const ids = [];
		page.on('request', (r) => r.url().endsWith('/api/site/hold') && ids.push(r.postDataJSON().id));
		await page.click('[data-tool=hold]');
		await press(page, '疏散');
		await says(why, /^暂停叫号需要负责人或医生：请扫描胸卡$/);
		await faultless(view, 'hold-asks');
		await scanBadge(page, badges.S001);
		await shows(page, '#hold h2', '已暂停叫号：疏散');
		await page.locator('dialog').first().waitFor({ state: 'detached' });
		const held = of(await site.log(), 'site_held');
		assert.equal(held.length, 1, JSON.stringify(held));
		assert.equal(held[0].staff, 'S001');
		assert.equal(new Set(ids).size, 1, 'asked again under the same id');
		assert.equal(ids.length, 2);
	});

	await t.test('somebody else is signed on: who, and which roles may', async () => {
		await scanBadge(page, badges.N017);
		await somebody(page, '张敏');
		await press(page, '恢复叫号');
		await says(why, /在此上岗的是张敏（接种员）。恢复叫号需要负责人或医生/);
		await faultless(view, 'not-qualified');
		await scanBadge(page, badges.G001);
		await says(why, /在此上岗的是马强（出口值守）/);
		await page.keyboard.press('Escape');
		await says(page.locator('#hold .error'), /在此上岗的是马强/);
		assert.ok(await page.locator('#hold').isVisible());
		await faultless(view, 'not-qualified-left');
		await press(page, '恢复叫号');
		await scanBadge(page, badges.S002);
		await page.locator('#hold').waitFor({ state: 'hidden' });
		assert.equal(of(await site.log(), 'site_resumed').length, 1);
		await press(page, '下岗');
		await nobody(page);
	});

	await t.test('an expired qualification: whose, and since when', async () => {
		await setPin(site, 'C002', PIN);
		await page.click('[data-tool=hold]');
		await press(page, '疏散');
		await why.waitFor();
		await scanBadge(page, badges.C002);
		await page.locator('.pin-pad').waitFor();
		await type(page, PIN);
		await says(why, /孙医生（医生）的上岗证已于 2026年11月19日 到期/);
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await press(page, '下岗');
		await nobody(page);
	});

	await t.test('moving and correcting a ticket', async () => {
		await page.click('[data-tool=find]');
		await page.fill('#find-ref', someone.number);
		await press(page, '查找');
		await page.selectOption('#move-stage', 'registration');
		await press(page, '移动');
		await says(why, /移动号票需要负责人/);
		await scanBadge(page, badges.S001);
		await says(page.locator('.facts'), /等候 · 登记/);
		await says(page.locator('.timeline tbody tr'), /王伟/);
		await page.keyboard.press('Escape');
		await press(page, '下岗');
		await nobody(page);
		await page.click('[data-tool=find]');
		await page.fill('#find-ref', someone.number);
		await press(page, '查找');
		await page.click('.correct summary');
		await page.fill('#correct-phone', '13800138000');
		await page.fill('#correct-reason', '笔误');
		await press(page, '保存更正');
		await says(why, /更正记录需要负责人/);
		await scanBadge(page, badges.S002);
		await says(page.locator('.facts'), /13800138000/);
		const [corrected] = of(await site.log(), 'corrected');
		assert.equal(corrected.staff, 'S002');
		await page.keyboard.press('Escape');
		await press(page, '下岗');
		await nobody(page);
	});

	await t.test('closing the day', async () => {
		assert.equal((await site.board.act(someone.token, 'leave')).status, 200);
		refused(await site.board.post('/api/day/close'), 'not_signed_on', 403);
		await page.click('[data-tool=day]');
		await page.locator('dialog').getByRole('button', { name: '结束当日' }).click();
		await says(why, /结束当日需要负责人/);
		await scanBadge(page, badges.S001);
		await says(page.locator('dialog .day'), /2026-11-20 已结束/);
		assert.equal(of(await site.log(), 'day_closed').length, 1);
		assert.equal(await text(page, '#on-duty b'), '王伟');
	});
});

// Rows of the header and of the tools, and how far "Hold all calls" stands from the upper right corner of them.
const layout = (page) => page.evaluate(() => {
	const box = (selector) => document.querySelector(selector).getBoundingClientRect();
	const bar = box('header.bar');
	const parts = [...document.querySelectorAll('header.bar > :not(.grow)')].map((node) => node.getBoundingClientRect());
	const [tools, hold] = [box('nav.tools'), box('[data-tool=hold]')];
	return {
		oneLine: parts.every((p) => p.top < bar.top + bar.height / 2 && p.bottom > bar.top + bar.height / 2),
		inside: parts.every((p) => p.right <= bar.right && p.left >= bar.left), high: bar.height <= 60,
		toolRows: new Set([...document.querySelectorAll('.tools button')].map((node) => Math.round(node.getBoundingClientRect().top))).size,
		hold: [Math.round(tools.right - hold.right), Math.round(hold.top - tools.top)],
	};
});

test('the header is one line, and "hold all calls" keeps its place, as wide as screens usually are', async (t) => {
	const { site, view, page, badges } = await startStaffedBoard(t);
	const straight = async (name) => {
		for (const width of [1366, 1280]) {
			await page.setViewportSize({ width, height: 768 });
			for (const lang of LANGUAGES) {
				await page.locator(`.languages [lang="${lang}"]`).click();
				await page.locator(`html[lang="${lang}"]`).waitFor();
				assert.deepEqual(await layout(page), { oneLine: true, inside: true, high: true, toolRows: 1, hold: [0, 0] }, `${name} ${lang} ${width}`);
			}
			await faultless(view, `header-${name}-${width}`);
		}
	};
	await straight('nobody');
	await setPin(site, 'C001', PIN);
	await scanBadge(page, badges.C001);
	await page.locator('.pin-pad').waitFor();
	await type(page, PIN);
	await somebody(page, nameOf('C001'));
	await says(page.locator('#on-duty .mark'), /上岗证已过期/);
	assert.match(await page.locator('#on-duty').getAttribute('title'), /上岗证已过期：预检员/);
	await straight('expired');
	await site.kill9();
	await page.waitForSelector('.live[data-state=stale]');
	await straight('stale');
});
