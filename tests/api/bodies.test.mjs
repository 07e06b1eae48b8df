// Bodies that are not what they should be: each gets its exact answer, and nothing happens.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, startSite, uuid } from '../lib/site.mjs';
import { Hall, refused } from '../lib/hall.mjs';

const person = { name: '孙', birth_date: '1960-06-06' };

test('bodies', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.waiting();
	const before = (await site.log()).length;
	const check = (body, headers) => site.board.send('POST', '/api/visits', body, headers);
	const text = (more) => JSON.stringify({ id: uuid(), person, language: 'en' }).slice(0, -1) + more;

	await t.test('what is not JSON as we take it: 400 bad_json', async () => {
		const deep = (n) => '['.repeat(n) + ']'.repeat(n);
		for (const [what, body] of Object.entries({
			'half of it': text(''),
			'bad UTF-8': Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
			'overlong UTF-8': Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
			'a surrogate in UTF-8': Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
			'half a surrogate pair': text(',"note":"\\ud800"}'),
			'\\u0000': text(',"note":"a\\u0000b"}'),
			'a NUL': text(',"note":"a\0b"}'),
			'a key twice': text(',"language":"en"}'),
			'a key twice, one escaped': text(',"l\\u0061nguage":"en"}'),
			'a key twice, inside': `{"id":"${uuid()}","language":"en","person":{"name":"a","name":"b","birth_date":"1960-06-06"}}`,
			'depth 17': `{"id":"${uuid()}","note":${deep(16)}}`,
			'something after it': text('} x'),
			'a comment': text('/* */}'),
			'single quotes': "{'id':1}",
			'a trailing comma': text(',}'),
			'NaN': text(',"companions":NaN}'),
			'a raw line break in a text': text(',"party":"a\nb"}'),
			'an array': '[]',
			'a number': '7',
			'two of them': '{}{}',
		})) {
			const answer = await check(body);
			assert.equal(answer.status, 400, `${what}: ${answer.status} ${answer.text}`);
			assert.equal(answer.body.code, 'bad_json', what);
			assert.ok(answer.body.detail, what);
		}
	});

	await t.test('depth 16 is not too deep', async () => {
		await hall.do(await hall.waiting(), 'start', { desk: 'registration-8' });
		const nested = '['.repeat(14) + ']'.repeat(14);
		const answer = await site.board.send('POST', `/api/visits/${someone.token}/finish`,
			`{"id":"${uuid()}","form":{"a":${nested}}}`);
		assert.notEqual(answer.status, 400, answer.text);
	});

	await t.test('wrong in a field: 422 invalid, and which', async () => {
		const good = { id: uuid(), person, language: 'en' };
		for (const [body, field] of [
			[{ ...good, id: 'seven' }, 'id'],
			[{ ...good, id: 7 }, 'id'],
			[{ ...good, id: good.id.slice(1) }, 'id'],
			[{ ...good, id: `{${good.id}}` }, 'id'],
			[{ ...good, id: undefined }, 'id'],
			[{ ...good, language: 'klingon' }, 'language'],
			[{ ...good, language: ['en'] }, 'language'],
			[{ ...good, companions: -1 }, 'companions'],
			[{ ...good, companions: 1.5 }, 'companions'],
			[{ ...good, companions: '1' }, 'companions'],
			[{ ...good, companions: 1e9 }, 'companions'],
			[{ ...good, party: 'family' }, 'party'],
			[{ ...good, colour: 'red' }, 'colour'],
			[{ ...good, person: undefined }, 'person'],
			[{ ...good, person: 'Sun' }, 'person'],
			[{ ...good, person: { ...person, birth_date: '1960-02-30' } }, 'person.birth_date'],
			[{ ...good, person: { ...person, birth_date: 19600606 } }, 'person.birth_date'],
			[{ ...good, person: { ...person, sex: 'x' } }, 'person.sex'],
			[{ ...good, person: { ...person, name: '' } }, 'person.name'],
			[{ ...good, person: { ...person, name: 'n'.repeat(5000) } }, 'person.name'],
			[{ ...good, person: { ...person, shoe_size: 42 } }, 'person.shoe_size'],
		]) {
			const problem = refused(await check(body), 'invalid', 422);
			assert.equal(problem.errors[0].field, field, JSON.stringify(problem));
			assert.ok(problem.errors[0].detail.length > 0);
			assert.ok(!JSON.stringify(problem).includes('klingon'), 'an error does not echo what was sent');
		}
		const act = (action, body) => site.board.act(someone.token, action, body);
		for (const [action, body, field] of [
			['extend', { minutes: 'ten', reason: 'x' }, 'minutes'],
			['extend', { minutes: -5, reason: 'x' }, 'minutes'],
			['return_to', { stage: 'moon' }, 'stage'],
			['start', { desk: 7 }, 'desk'],
			['park', { at: 'noon' }, 'at'],
			['park', { hurry: true }, 'hurry'],
		]) {
			const problem = refused(await act(action, body), 'invalid', 422);
			assert.equal(problem.errors[0].field, field, JSON.stringify(problem));
		}
	});

	await t.test('another content type: 415', async () => {
		for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data', '']) {
			const answer = await check(text('}'), { 'content-type': type });
			assert.equal(answer.status, 415, `${type}: ${answer.status} ${answer.text}`);
			assert.match(answer.headers['content-type'], /^application\/problem\+json/);
		}
	});

	await t.test('too long: 413', async () => {
		const answer = await check(text(`,"note":"${'x'.repeat(70_000)}"}`));
		assert.equal(answer.status, 413, answer.text);
	});

	await t.test('none of it left a trace', async () => {
		const events = await site.log();
		assert.equal(events.filter((e) => e.type === 'checked_in').length, 2);
		assert.deepEqual(events.slice(before).map((e) => e.type), ['checked_in', 'started']);
	});

	await t.test('a charset and blanks are fine', async () => {
		const answer = await check(`  ${text('}')}\n`, { 'content-type': 'application/json; charset=utf-8' });
		assert.equal(answer.status, 201, answer.text);
	});

	await t.test('names of the world come back as they were', async () => {
		for (const name of ["O'Neill \"Jr\" \\", '𠮷野家', 'Ünïcode é', '<script>', 'a\tb'.replace('\t', ' '), '👩‍⚕️']) {
			const { ticket } = await site.board.walkIn({ name });
			assert.equal((await site.board.visit(ticket.token)).person.name, name);
		}
	});
});
