// PINs are not guessed: wrong ones make badge and device wait, all guesses are answered alike, and nobody else waits.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite, waitFor } from '../lib/site.mjs';
import { refused } from '../lib/hall.mjs';
import { badgesOf, setPin, signOff, signOn, trySignOn } from '../lib/signing.mjs';
import { metricsOf } from '../lib/metrics.mjs';

const TRIES = 5;
const WAIT = 30 * SECOND;
const BEAT = 2 * SECOND;
const qualifications = { vaccinator: '2027-06-30' };
const GUARDED = {
	staff: [
		{ id: 'N1', name: '陈护士', roles: ['vaccinator'], qualifications },
		{ id: 'N2', name: '李护士', roles: ['vaccinator'], qualifications },
		{ id: 'N3', name: '周护士', roles: ['vaccinator'], qualifications },
		{ id: 'R1', name: '孙登记', roles: ['registrar'] },
	],
	roles: { vaccinator: { pin: true, qualification: true } },
	sign_on: { shift_ends: [], tries: TRIES, wait_seconds: WAIT / SECOND },
};
const PIN = { N1: '2468', N2: '13579024' };

async function guardedSite(t) {
	const site = await startSite({ clock: MANUAL, unstaffed: true, config: GUARDED }, t);
	const badges = await badgesOf(site);
	for (const [id, pin] of Object.entries(PIN)) await setPin(site, id, pin);
	return { site, badges };
}

const handheld = (site, name = 'h') => site.device('handheld', name, 'injection-1');
const checks = async (site) => (await metricsOf(site)).get('vaxline_pin_checks_total');
// A code of the right length that is no badge of ours.
const forge = (code) => code.slice(0, -1) + (code.endsWith('A') ? 'B' : 'A');

function mustWait(answer, seconds) {
	refused(answer, 'too_many_tries', 429);
	assert.equal(answer.headers['retry-after'], String(seconds), answer.text);
}

// What tells one answer from another; the clock is not part of it.
const whole = ({ status, headers: { date, ...headers }, text }) => ({ status, headers, text });

test('a badge whose role asks for a PIN', async (t) => {
	const { site, badges } = await guardedSite(t);
	const h = await handheld(site);

	await t.test('asks for it, and so does a badge that nobody has', async () => {
		const known = await trySignOn(h, badges.N1);
		refused(known, 'pin_required', 409);
		assert.deepEqual(whole(await trySignOn(h, forge(badges.N1))), whole(known));
		assert.equal(await checks(site), 0);
	});

	await t.test('is refused with a wrong one, just like a badge that nobody has', async () => {
		const before = (await site.log()).length;
		const wrong = await trySignOn(h, badges.N1, '1111');
		refused(wrong, 'sign_on_refused', 403);
		assert.equal(await checks(site), 1);
		const unknown = await trySignOn(h, forge(badges.N1), '1111');
		assert.deepEqual(whole(unknown), whole(wrong));
		assert.equal(await checks(site), 2, 'the unknown one is checked too');
		const notSet = await trySignOn(h, badges.N3, '1111');
		assert.deepEqual(whole(notSet), whole(wrong));
		assert.equal(await checks(site), 3);
		const events = (await site.log()).slice(before);
		assert.deepEqual(events.map((e) => [e.type, e.data.member, e.staff]), [
			['sign_on_refused', 'N1', null], ['sign_on_refused', undefined, null], ['sign_on_refused', 'N3', null],
		]);
		assert.equal((await h.get('/api/session')).body.session, null);
	});

	await t.test('signs on with the right one', async () => {
		assert.equal((await signOn(h, badges.N1, PIN.N1)).staff.id, 'N1');
		const event = (await site.log()).at(-1);
		assert.deepEqual([event.type, event.data.member, event.data.pin], ['signed_on', 'N1', 1]);
	});

	await t.test('says so where none was set', async () => {
		refused(await trySignOn(h, badges.N3), 'pin_not_set', 403);
	});

	await t.test('another badge needs none', async () => {
		for (const pin of [undefined, '9999']) {
			assert.equal((await signOn(h, badges.R1, pin)).staff.id, 'R1');
			assert.equal((await site.log()).at(-1).data.pin, undefined);
		}
		await signOff(h);
	});

	await t.test('the PIN is told to nobody', async () => {
		const { text } = await site.board.get('/api/log');
		const staff = await site.board.get('/api/staff');
		for (const pin of Object.values(PIN)) {
			for (const said of [text, staff.text, site.stderr, site.stdout]) assert.ok(!said.includes(pin));
		}
		assert.doesNotMatch(text + staff.text + site.stderr, /argon2/);
	});
});

test('ten devices guess one badge at once', async (t) => {
	const { site, badges } = await guardedSite(t);
	const thieves = [];
	for (let i = 0; i < 10; i++) thieves.push(await handheld(site, `thief ${i}`));
	const [good, spare] = [await handheld(site, 'good'), await handheld(site, 'spare')];
	const before = await checks(site);

	// Tries until it must wait; how often it was refused.
	const guess = async (thief, n) => {
		for (let i = 0, wrong = 0; ; i++) {
			const answer = await trySignOn(thief, badges.N2, String(1000 + n * 100 + i));
			if (answer.status === 429 && answer.headers['retry-after'] !== '1') {
				mustWait(answer, WAIT / SECOND);
				return wrong;
			}
			if (answer.status === 403) wrong++;
			else refused(answer, 'too_many_tries', 429); // another one's guess is being checked
		}
	};
	const guessing = Promise.all(thieves.map(guess));
	const beside = await signOn(good, badges.N1, PIN.N1);
	const wrong = (await guessing).reduce((sum, n) => sum + n, 0);

	await t.test('the good nurse beside them signs on', () => assert.equal(beside.staff.id, 'N1'));

	await t.test('they get as many tries as there are, all together', async () => {
		assert.equal(wrong, TRIES);
		assert.equal(await checks(site), before + TRIES + 1);
	});

	await t.test('then the right PIN is not heard either, anywhere, until the wait is over', async () => {
		for (const device of [...thieves, spare]) mustWait(await trySignOn(device, badges.N2, PIN.N2), 30);
		await site.advance(WAIT - 1);
		for (const device of [...thieves, spare]) mustWait(await trySignOn(device, badges.N2, PIN.N2), 1);
		assert.equal(await checks(site), before + TRIES + 1, 'what must wait is not checked');
		await site.advance(1);
		refused(await trySignOn(spare, badges.N2, '0000'), 'sign_on_refused', 403);
		mustWait(await trySignOn(spare, badges.N2, PIN.N2), 60); // twice as long
		await site.restart({ setup: false });
		await site.ready();
		mustWait(await trySignOn(spare, badges.N2, PIN.N2), 60);
		await site.advance(2 * WAIT);
		assert.equal((await signOn(spare, badges.N2, PIN.N2)).staff.id, 'N2');
		refused(await trySignOn(spare, badges.N2, '0000'), 'sign_on_refused', 403); // counted anew
		refused(await trySignOn(spare, badges.N2, '0000'), 'sign_on_refused', 403);
	});
});

test('one device guesses', async (t) => {
	const { site, badges } = await guardedSite(t);
	const [thief, other] = [await handheld(site, 'thief'), await handheld(site, 'other')];
	for (let i = 0; i < TRIES; i++) refused(await trySignOn(thief, forge(badges.N1), `000${i}`), 'sign_on_refused', 403);
	mustWait(await trySignOn(thief, badges.N1, PIN.N1), 30);
	mustWait(await trySignOn(thief, badges.R1), 30);
	mustWait(await trySignOn(thief, forge(badges.N2)), 30);
	assert.equal((await metricsOf(site)).get('vaxline_limited_total', { what: 'sign_on' }), 3);
	assert.equal((await signOn(other, badges.N1, PIN.N1)).staff.id, 'N1');
	// The wait doubles, up to a quarter of an hour.
	for (const wait of [30, 60, 120, 240, 480, 900, 900]) {
		mustWait(await trySignOn(thief, badges.N1, PIN.N1), wait);
		await site.advance(wait * SECOND);
		refused(await trySignOn(thief, forge(badges.N1), '0000'), 'sign_on_refused', 403);
	}
	await site.advance(15 * MINUTE);
	assert.equal((await signOn(thief, badges.N1, PIN.N1)).staff.id, 'N1');
});

test('nothing waits for a check but who asked', async (t) => {
	const { site, badges } = await guardedSite(t);
	const thieves = [];
	for (let i = 0; i < 4; i++) thieves.push(await handheld(site, `thief ${i}`));

	await t.test('an open stream keeps its rhythm', async () => {
		const stream = await site.board.stream('board');
		const beats = () => stream.messages.filter((m) => m.event === 'beat').map((m) => m.received);
		await stream.until(() => beats().length > 0, 'the first beat');
		const first = beats().length;
		let hashed = 0;
		while (beats().length < first + 3) {
			const answers = await Promise.all(thieves.map((thief, i) => trySignOn(thief, forge(badges.N1), `${1000 + i}`)));
			hashed += answers.filter((answer) => answer.status === 403).length;
			await site.advance(15 * MINUTE);
		}
		stream.close();
		const gaps = beats().slice(1).map((at, i) => at - beats()[i]);
		assert.ok(hashed >= 10, `${hashed} checks`);
		assert.ok(Math.max(...gaps) <= 10 * BEAT, `gaps between beats: ${gaps}`);
	});

	await t.test('others are answered while it is under way', async () => {
		await waitFor(async () => {
			const before = await checks(site);
			let answered = false;
			const asked = trySignOn(thieves[0], forge(badges.N1), '1234').then((answer) => {
				answered = true;
				return answer;
			});
			while ((await checks(site)) === before) assert.ok(!answered, 'it is counted when it begins');
			const meanwhile = !answered;
			refused(await asked, 'sign_on_refused', 403);
			await site.advance(15 * MINUTE);
			return meanwhile;
		}, 'an answer during a check');
	});

	await t.test('a device that is revoked meanwhile signs nobody on', async () => {
		for (let i = 0; i < 5; i++) {
			const device = await handheld(site, `going ${i}`);
			const asked = trySignOn(device, badges.N1, PIN.N1);
			const revoked = await site.board.delete(`/api/devices/${device.device.id}`);
			assert.equal(revoked.status, 200, revoked.text);
			const answer = await asked;
			if (answer.status !== 200) refused(answer, 'unauthorized', 401);
			const number = Number(device.device.id.slice(1));
			const types = (await site.log()).filter((e) => e.device === device.device.id || e.data.subject === number).map((e) => e.type);
			assert.equal(types.filter((type) => type === 'signed_on').length, answer.status === 200 ? 1 : 0);
			assert.ok(!types.slice(types.indexOf('device_revoked')).includes('signed_on'), types.join());
		}
		assert.deepEqual((await site.board.get('/api/staff')).body.staff.find((one) => one.id === 'N1').signed_on, []);
	});

	await t.test('a PIN that is replaced meanwhile opens nothing', async () => {
		const crowd = [];
		for (let i = 0; i < 80; i++) crowd.push(await handheld(site, `crowd ${i}`));
		const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
		const ends = [...letters].flatMap((a) => [...letters].map((b) => a + b)).filter((end) => !badges.N1.endsWith(end));
		const nurse = await handheld(site, 'nurse');
		let old = PIN.N1;
		await waitFor(async () => {
			const from = site.stderr.length;
			const before = await checks(site);
			const next = old === PIN.N1 ? '8642' : PIN.N1;
			let answered = false;
			const asked = crowd.map((device, i) => trySignOn(device, badges.N1.slice(0, -2) + ends[i], '0000'));
			await waitFor(async () => (await checks(site)) === before + crowd.length, 'all of them in line');
			const last = trySignOn(nurse, badges.N1, old).then((answer) => {
				answered = true;
				return answer;
			});
			await setPin(site, 'N1', next);
			await waitFor(() => site.stderr.slice(from).includes(' reloaded '), 'the new PIN');
			const meanwhile = !answered;
			const answer = await last;
			if (meanwhile) refused(answer, 'sign_on_refused', 403);
			await Promise.all(asked);
			await site.advance(15 * MINUTE);
			old = next;
			return meanwhile;
		}, 'a PIN replaced during its check');
		assert.equal((await signOn(nurse, badges.N1, old)).staff.id, 'N1');
	});

	await t.test('the server ends in good order with checks under way', async () => {
		const asked = thieves.map((thief, i) => trySignOn(thief, forge(badges.N1), `${2000 + i}`).catch(() => undefined));
		const { code } = await site.stop();
		assert.equal(code, 0);
		for (const answer of await Promise.all(asked)) assert.ok(!answer || [403, 429, 503].includes(answer.status), answer?.text);
	});
});
