// The configuration: exact errors, one event for each change and none without, and what the command line says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { MANUAL, MINUTE, SAMPLE, configuration, run, startSite, tempDir } from '../lib/site.mjs';
import { Hall, accepted } from '../lib/hall.mjs';

test('vaxline check', async (t) => {
	const dir = tempDir(t);
	const file = path.join(dir, 'site.json');
	const sample = () => structuredClone(configuration());
	const check = async (config) => {
		fs.writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
		return run(['check', file]);
	};

	await t.test('the sample is right', async () => {
		const out = await run(['check', SAMPLE]);
		assert.deepEqual([out.code, out.stdout, out.stderr], [0, `${SAMPLE}: ok\n`, '']);
	});

	const wrong = {
		'observation.minutes': [(c) => (c.observation = { minutes: 'thirty' }), (c) => (c.observation = { minutes: 0 }),
			(c) => (c.observation = { minutes: 2.5 })],
		'observation.chairs': [(c) => (c.observation = { chairs: 5 })],
		'colour': [(c) => (c.colour = 'red')],
		'time_zone': [(c) => (c.time_zone = 'Mars/Olympus'), (c) => delete c.time_zone],
		'site': [(c) => (c.site = 'two words'), (c) => (c.site = '')],
		'public_url': [(c) => (c.public_url = 'ftp://x')],
		'desks[3].id': [(c) => (c.desks[3].id = c.desks[0].id), (c) => (c.desks[3].id = 'a b')],
		'desks[3].stage': [(c) => (c.desks[3].stage = 'lunch')],
		'desks[3].colour': [(c) => (c.desks[3].colour = 'red')],
		'alerts.escalate_second_seconds': [(c) => (c.alerts = { escalate_first_seconds: 60, escalate_second_seconds: 30 })],
		'staff[3].id': [(c) => (c.staff[3].id = c.staff[0].id), (c) => (c.staff[3].id = 'N 1'), (c) => delete c.staff[3].id],
		'staff[3].roles[0]': [(c) => (c.staff[3].roles = ['nurse']), (c) => (c.staff[3].roles = [7])],
		'staff[3].name': [(c) => (c.staff[3].name = ''), (c) => (c.staff[3].name = 'x'.repeat(101))],
		'staff[3].pin': [(c) => (c.staff[3].pin = '1234')],
		'staff[0].qualifications.guard': [(c) => (c.staff[0] = { id: 'N1', name: 'a', roles: ['observer'], qualifications: { guard: '2027-06-30' } })],
		'roles.nurse': [(c) => (c.roles.nurse = {})],
		'roles.guard.pin': [(c) => (c.roles.guard.pin = 'no')],
		'sign_on.shift_ends[1]': [(c) => (c.sign_on.shift_ends = ['18:00', '12:30']), (c) => (c.sign_on.shift_ends = ['12:30', 'noon'])],
		'sign_on.tries': [(c) => (c.sign_on.tries = 0)],
		'vaccines[0].id': [(c) => (c.vaccines[0].id = 7)],
		'rooms.registration': [(c) => (c.rooms.registration = -1), (c) => (c.rooms.registration = 10001)],
		'queue.party_call_max': [(c) => (c.queue.party_call_max = 51)],
		'entry_checks[1].id': [(c) => (c.entry_checks[1].id = c.entry_checks[0].id), (c) => delete c.entry_checks[1].id],
		'entry_checks[1].advice.en': [(c) => (c.entry_checks[1].advice.en = '')],
	};
	for (const [where, changes] of Object.entries(wrong)) {
		await t.test(`names ${where}`, async () => {
			for (const change of changes) {
				const config = sample();
				change(config);
				const out = await check(config);
				assert.equal(out.code, 1, `${out.stdout}${out.stderr}`);
				assert.equal(out.stdout, '');
				assert.ok(out.stderr.startsWith(`${file}: ${where}: `), out.stderr);
				assert.equal(out.stderr.split('\n').length, 2, `one line: ${out.stderr}`);
			}
		});
	}

	await t.test('what is no configuration at all', async () => {
		for (const text of ['', '{', '[]', '{"site":"a","site":"b"}', '\u0000']) {
			const out = await check(text);
			assert.equal(out.code, 1, text);
			assert.match(out.stderr, new RegExp(`^${file}: .+\n$`));
		}
		const missing = await run(['check', path.join(dir, 'none.json')]);
		assert.equal(missing.code, 1);
		assert.match(missing.stderr, /^.*none\.json: .+\n$/);
	});

	await t.test('a server refuses to start with it, in the same words', async () => {
		const config = sample();
		config.desks[0].stage = 'lunch';
		const checked = await check(config);
		const out = await run(['serve', '--config', file, '--data', dir, '--listen', '127.0.0.1:0']);
		assert.notEqual(out.code, 0);
		assert.ok(out.stderr.includes(checked.stderr.trim()), out.stderr);
		assert.ok(!out.stdout.includes('listening'));
	});
});

test('the command line', async (t) => {
	await t.test('--version', async () => {
		const out = await run(['--version']);
		assert.equal(out.code, 0);
		assert.match(out.stdout, /^vaxline \S+\n$/);
	});
	await t.test('help', async () => {
		const out = await run(['help']);
		assert.equal(out.code, 0);
		for (const word of ['serve', 'replay', 'check', 'help', '--config', '--data', '--listen', '--redis', '--clock']) {
			assert.ok(out.stdout.includes(word), word);
		}
	});
	await t.test('what it does not know', async () => {
		const bad = [['sing'], ['serve', '--colour', 'red'], ['serve', '--listen'], ['serve', '--clock', 'manual:noon'],
			['serve', '--listen', 'nowhere'], ['check'], ['serve', '--redis', 'http://x']];
		for (const args of bad) {
			const dir = tempDir(t);
			const data = args[0] === 'serve' ? ['--data', dir, '--config', SAMPLE] : [];
			const out = await run([args[0], ...data, ...args.slice(1)].filter(Boolean));
			assert.notEqual(out.code, 0, args.join(' '));
			assert.equal(out.signal, null, args.join(' '));
			assert.ok(out.stderr.length > 0, args.join(' '));
		}
		for (const command of ['routes', 'permissions']) {
			const out = await run([command, 'extra']);
			assert.deepEqual([out.code, out.stdout, out.stderr],
				[2, '', `vaxline: ${command} takes nothing behind it: extra\nTry 'vaxline help'.\n`]);
		}
		for (const address of ['127.0.0.1:99999', '[::1]:65536', '127.0.0.1:99999999999999999999']) {
			const out = await run(['serve', '--data', tempDir(t), '--config', SAMPLE, '--listen', address]);
			assert.deepEqual([out.code, out.stderr.includes(`${address}, an address to listen on: the port is not one from 0 to 65535`)],
				[1, true], out.stderr);
		}
	});
});

test('a changed configuration is an event, an unchanged one is none', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const before = await hall.injected();
	const first = await site.log();

	await t.test('rewritten, but the same', async () => {
		await site.stop();
		fs.writeFileSync(site.configFile, JSON.stringify(configuration()));
		await site.start();
		await site.ready();
		assert.deepEqual(await site.log(), first);
	});

	await t.test('changed', async () => {
		await site.stop();
		site.configure({ observation: { minutes: 40 } });
		await site.start();
		await site.ready();
		const added = (await site.log()).slice(first.length);
		assert.deepEqual(added.map((e) => e.type), ['configured']);
		const after = await hall.injected();
		assert.equal(Date.parse(after.visit.due_at) - Date.parse(after.visit.injected_at), 40 * MINUTE);
		assert.equal((await site.board.visit(before.token)).due_at, before.visit.due_at, 'what was decided stays');
	});

	await t.test('a desk that is gone, and one that is new', async () => {
		await site.stop();
		const { desks } = configuration();
		site.configure({
			observation: { minutes: 40 },
			desks: [...desks.filter((d) => d.id !== 'registration-3'), { id: 'registration-late', stage: 'registration', open: true }],
		});
		await site.start();
		await site.ready();
		const someone = await hall.waiting();
		accepted(await site.board.act(someone.token, 'start', { desk: 'registration-late' }), 'start', 'serving');
		const gone = await site.board.desk('registration-3', 'call');
		assert.ok([404, 409].includes(gone.status), gone.text);
		assert.equal((await site.replay()).hash, (await site.clock()).hash);
	});
});

test('with a public URL the QR holds it, and it is served', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { public_url: 'https://vax.example' } }, t);
	const dir = tempDir(t);
	const someone = await new Hall(site).waiting();
	const png = await site.nobody().get(`/api/tickets/${someone.token}.png`);
	fs.writeFileSync(path.join(dir, 'qr.png'), png.bytes);
	const read = await run(['--quiet', '--raw', path.join(dir, 'qr.png')], { program: 'zbarimg' });
	assert.equal(read.stdout.trim(), `HTTPS://VAX.EXAMPLE/T/${someone.token}`);
});
