// Enrolment codes and ticket codes are not guessed: who tries too often waits, and all guesses are answered alike.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, exchange, startSite, uuid, waitFor } from '../lib/site.mjs';
import { Hall, refused } from '../lib/hall.mjs';
import { metricsOf } from '../lib/metrics.mjs';

const ENROLMENT_TRIES = 10;
const TICKET_TRIES = 30;
const ELSEWHERE = '127.0.0.2'; // another address that is ours

// A code of ours with its last character changed: forged.
const forge = (code) => code.slice(0, -1) + (code.endsWith('A') ? 'B' : 'A');

// From an address of one's own.
function from(site, localAddress) {
	return (method, path, body, headers = {}) => exchange(site.port, {
		method, path, localAddress,
		headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
		body: body && JSON.stringify(body),
	});
}

function tooMany(answer) {
	const body = refused(answer, 'too_many_tries', 429);
	assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
	return body;
}

// The first answer of 429: a try is earned again every few seconds, so a slow machine may be answered once more before.
async function untilTooMany(ask, was) {
	for (let i = 0; i < 20; i++) {
		const answer = await ask();
		if (answer.status === 429) return tooMany(answer);
		refused(answer, ...was);
	}
	throw new Error('never too many');
}

const limited = async (site, what) => (await metricsOf(site)).get('vaxline_limited_total', { what });

test('wrong enrolment codes', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const here = from(site, '127.0.0.1');
	const enrol = (call, code) => call('POST', '/api/enrol', { code, name: 'x' });
	const invite = async () => (await site.board.post('/api/devices', { id: null, kind: 'exit', name: 'gate' })).body.code;
	const [right, other] = [await invite(), await invite()];
	const wrong = ['AAAAAAAAAA', 'BBBBBBBBBB', '!', '0', 'AAAAAAAAA', 'AAAAAAAAAAA', '名', 'a'.repeat(64), right.slice(1), 'CCCCCCCCCC'];
	assert.equal(wrong.length, ENROLMENT_TRIES);
	const answers = [];

	await t.test('are answered alike, whatever is wrong with them', async () => {
		for (const code of wrong) answers.push(await enrol(here, code));
		for (const answer of answers) {
			refused(answer, 'code_unknown', 404);
			assert.equal(answer.text, answers[0].text);
		}
	});

	await t.test('then even the right one is not heard', async () => {
		const first = await untilTooMany(() => enrol(here, 'AAAAAAAAAA'), ['code_unknown', 404]);
		assert.deepEqual(tooMany(await enrol(here, right)), first);
		assert.ok((await site.board.get('/api/devices')).body.devices.filter((d) => d.state === 'enrolled').length === 1);
		assert.equal(await limited(site, 'enrolment'), 2);
	});

	await t.test('another address goes on', async () => {
		const answer = await enrol(from(site, ELSEWHERE), other);
		assert.equal(answer.status, 201, answer.text);
	});

	await t.test('and the right one is good when the wait is over', async () => {
		const answer = await waitFor(async () => {
			const tried = await enrol(here, right);
			return tried.status !== 429 && tried;
		}, 'the end of the wait');
		assert.equal(answer.status, 201, answer.text);
		await untilTooMany(() => enrol(here, 'AAAAAAAAAA'), ['code_unknown', 404]);
	});
});

test('wrong ticket codes', async (t) => {
	const site = await startSite({ clock: MANUAL, args: ['--listen-public', '127.0.0.1:0'] }, t);
	const hall = new Hall(site);
	const one = await hall.waiting();
	const forged = forge(one.token);
	const here = from(site, '127.0.0.1');
	const WRONG = { malformed: 'AAAA', forged, long: `${one.token}A`, lower: forged.toLowerCase(), other: '!%21' };
	const WAYS = {
		view: (code) => `/api/views/ticket:${code}`,
		stream: (code) => `/api/stream?views=ticket:${code}`,
		both: (code) => `/api/stream?views=ticket:${one.token},ticket:${code}`,
		svg: (code) => `/api/tickets/${code}.svg`,
		png: (code) => `/api/tickets/${code}.png`,
	};
	let tries = 0;

	await t.test('get one answer by every way', async () => {
		let body;
		for (const way of Object.values(WAYS)) {
			for (const code of Object.values(WRONG)) {
				const answer = await here('GET', way(code));
				tries++;
				refused(answer, 'not_found', 404);
				assert.equal(answer.text, body ?? answer.text, way(code));
				body = answer.text;
			}
		}
		assert.ok(tries < TICKET_TRIES);
	});

	await t.test('also a cry for help under a forged code, until there are too many', async () => {
		for (; tries < TICKET_TRIES; tries++) refused(await here('POST', '/api/unwell', { id: uuid(), code: forged }), 'unauthorized', 401);
		for (const way of Object.values(WAYS)) {
			for (const code of Object.values(WRONG)) await untilTooMany(() => here('GET', way(code)), ['not_found', 404]);
		}
		for (const target of ['/api/unwell', `/api/visits/${forged}/unwell`]) {
			await untilTooMany(() => here('POST', target, { id: uuid(), code: forged }), ['unauthorized', 401]);
		}
		assert.equal(await limited(site, 'ticket'), 27);
	});

	await t.test('the right code is served from that address all the same', async () => {
		for (const name of ['view', 'svg', 'png']) {
			assert.equal((await here('GET', WAYS[name](one.token))).status, 200, name);
		}
		assert.equal((await here('GET', `/t/${forged}`)).status, 200); // the page says nothing of a code
		const stream = await site.nobody().stream(`ticket:${one.token}`);
		await stream.until((s) => s.last[`ticket:${one.token}`], 'the ticket');
		stream.close();
		const cry = await here('POST', '/api/unwell', { id: uuid(), code: one.token });
		assert.equal(cry.status, 200, cry.text);
		assert.equal(cry.body.visit.state, 'unwell');
	});

	await t.test('a device is not kept from anything, and another address is not', async () => {
		for (const [call, headers] of [[here, { authorization: `Bearer ${site.board.token}` }], [from(site, ELSEWHERE), {}]]) {
			for (const way of Object.values(WAYS)) refused(await call('GET', way(forged), undefined, headers), 'not_found', 404);
		}
		const cry = await site.board.unwell({ code: forged, place: 'hall' });
		assert.equal(cry.status, 200, cry.text);
	});

	await t.test('the wait ends', async () => {
		await waitFor(async () => (await here('GET', WAYS.view(forged))).status === 404, 'the end of the wait');
	});
});

test('what is no ticket is refused as before', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	for (const target of ['/api/views/board', '/api/stream?views=alerts', '/api/stream?views=', '/api/visits/W001', '/api/session']) {
		refused(await site.nobody().get(target), 'unauthorized', 401);
	}
});
