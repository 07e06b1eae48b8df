// Somebody without a ticket number: found by name, phone or id number among today's visits, and nothing changes by it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, startSite } from '../lib/site.mjs';
import { refused } from '../lib/hall.mjs';
import { csv } from '../lib/rosters.mjs';

const PHONE = '13912345678';
const TWINS = ['李明', '李亮'].map((name) => ({ name, birth_date: '1990-03-04', phone: PHONE }));
const FAMILY = [...TWINS, ...['李父', '李母', '李奶奶'].map((name) => ({ name, birth_date: '1960-01-02', phone: '+86 139-1234-5678' }))];
const OTHERS = [
	{ name: '李明', birth_date: '1951-07-08', phone: '13800000001' },
	{ name: '李明辉', birth_date: '1970-01-01', id_type: 'passport', id_number: 'e 1234 5678' },
	{ name: 'Anna Lindström', birth_date: '1985-05-05', phone: '010-62345678' },
];
const EXPECTED = { name: '王到期', birth_date: '1980-05-17', id_type: 'passport', id_number: 'G87654321', phone: '13700000007' };

test('somebody without a ticket is found', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const find = async (text) => {
		const answer = await site.board.post('/api/visits/find', { id: null, text });
		assert.equal(answer.status, 200, answer.text);
		assert.equal(answer.headers['cache-control'], 'no-store');
		return answer.body;
	};
	const names = async (text) => (await find(text)).visits.map((v) => v.person.name);

	await t.test('nobody before the day is open', async () => assert.deepEqual(await find('李明'), { visits: [], more: 0 }));

	const tickets = [];
	for (const person of [...FAMILY, ...OTHERS]) tickets.push((await site.board.walkIn(person)).ticket);
	const load = await site.board.roster(csv([EXPECTED, { ...EXPECTED, name: '王明天', id_number: 'G87654322', date: '2026-11-21' }]));
	assert.equal(load.body.accepted, 2, load.text);
	await site.board.signOn();
	const before = (await site.log()).length;

	await t.test('by name: all of that name, told apart by birth date, before those whose name goes on', async () => {
		const { visits, more } = await find('李明');
		assert.deepEqual(visits.map((v) => [v.person.name, v.person.birth_date]), [
			['李明', '1990-03-04'], ['李明', '1951-07-08'], ['李明辉', '1970-01-01'],
		]);
		assert.equal(more, 0);
		assert.equal(visits[0].number, tickets[0].number);
		assert.deepEqual(await names('  李明 '), ['李明', '李明', '李明辉']);
		assert.deepEqual(await names('anna l'), ['Anna Lindström']);
		assert.deepEqual(await names('ＡＮＮＡ'), ['Anna Lindström']);
		assert.deepEqual(await names('明辉'), [], 'not from its middle');
	});

	await t.test('by phone: all five who gave it, however it is written', async () => {
		for (const text of [PHONE, '+86 139 1234 5678', '0086-139-1234-5678', '１３９１２３４５６７８']) {
			assert.deepEqual(await names(text), FAMILY.map((p) => p.name), text);
		}
		assert.deepEqual(await names('(010) 62345678'), ['Anna Lindström']);
		assert.deepEqual(await names('1391234567'), [], 'the whole number only');
		assert.deepEqual(await names(`李明 ${PHONE}`), [], 'a name with digits is no phone');
	});

	await t.test('by id number, whose blanks and case do not count', async () => {
		for (const text of ['E12345678', 'e1234 5678', 'Ｅ１２３４５６７８']) assert.deepEqual(await names(text), ['李明辉'], text);
		assert.deepEqual(await names('E1234567'), []);
	});

	await t.test('expected of today, not of tomorrow', async () => {
		for (const text of ['王到期', '王到', 'g87654321', EXPECTED.phone]) {
			const { visits } = await find(text);
			assert.deepEqual(visits.map((v) => [v.person.name, v.state, v.number]), [['王到期', 'expected', null]], text);
		}
		assert.deepEqual(await names('王明天'), []);
		assert.deepEqual(await names('G87654322'), []);
	});

	await t.test('also who has left, and a person as corrected', async () => {
		assert.equal((await site.board.act(tickets[4].token, 'leave')).status, 200);
		assert.deepEqual((await find('李奶奶')).visits.map((v) => v.state), ['left']);
		const what = { person: { name: '欧阳娜娜', birth_date: '1985-05-05' } };
		assert.equal((await site.board.act(tickets[7].token, 'correct', { reason: 'misread', what })).status, 200);
		assert.deepEqual(await names('欧阳'), ['欧阳娜娜']);
		assert.deepEqual(await names('Anna'), []);
	});

	await t.test('what cannot be looked for', async () => {
		for (const text of ['', '李', ' 李 ', '  ', 7, null, 'x'.repeat(201), 'a\nb']) {
			refused(await site.board.post('/api/visits/find', { id: null, text }), 'invalid', 422);
		}
		refused(await site.board.post('/api/visits/find', { text: '李明' }), 'invalid', 422); // it takes no id
		refused(await site.board.post('/api/visits/find', { id: null, text: '李明', more: 1 }), 'invalid', 422);
		refused(await site.board.send('POST', '/api/visits/find', '{"text":'), 'bad_json', 400);
		for (const text of ['100%', '""', '\\\\', "x'); --", '{"name":']) assert.deepEqual(await names(text), [], text);
	});

	await t.test('twenty are listed, the wholly equal first, the others counted', async () => {
		for (let i = 0; i < 25; i++) await site.board.walkIn({ name: `陈伟${i}` });
		await site.board.walkIn({ name: '陈伟' });
		const { visits, more } = await find('陈伟');
		assert.deepEqual(visits.map((v) => v.person.name), ['陈伟', ...Array.from({ length: 19 }, (_, i) => `陈伟${i}`)]);
		assert.equal(more, 6);
	});

	await t.test('it leaves no trace', async () => {
		const types = (await site.log()).slice(before).map((e) => e.type);
		assert.deepEqual([...new Set(types)].sort(), ['checked_in', 'corrected', 'left'], types.join());
		for (const where of [site.stderr, site.stdout, (await site.nobody().get('/metrics')).text]) {
			for (const secret of [PHONE, '李明', 'E12345678']) assert.ok(!where.includes(secret), secret);
		}
	});
});
