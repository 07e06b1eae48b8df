// The list of the staff: imported, checked, told to a running server and to one that starts; and PINs set by hand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { MANUAL, ROOT, configuration, run, startSite, tempDir, waitFor } from '../lib/site.mjs';
import { member } from '../lib/duty.mjs';
import { DOSE, Hall, accepted } from '../lib/hall.mjs';

const GOOD = path.join(ROOT, 'tests/data/staff.csv');
const BAD = path.join(ROOT, 'tests/data/staff-bad.csv');
const GB18030 = path.join(ROOT, 'tests/data/staff-gb18030.csv');
const HEADER = '工号,姓名,岗位,上岗证有效期,胸卡序号,密码\n';
const SET = /^PIN set {2}/;

// A data directory without a server, and the commands of the staff on it.
function desk(t, config = { staff: [member('M1', ['supervisor'])] }) {
	const dir = tempDir(t);
	const configFile = path.join(dir, 'site.json');
	fs.writeFileSync(configFile, JSON.stringify(configuration(config)));
	return { dir, configFile };
}

const staffCommand = ({ dir, configFile }, args, options) => run(['staff', ...args, '--config', configFile, '--data', dir], options);

async function done(at, args, options) {
	const out = await staffCommand(at, args, options);
	assert.equal(out.code, 0, `${args.join(' ')}: ${out.stdout}${out.stderr}`);
	return out;
}

async function refused(at, args, why, options) {
	const before = stateOf(at);
	const out = await staffCommand(at, args, options);
	assert.equal(out.code, 1, `${args.join(' ')}: ${out.stdout}${out.stderr}`);
	assert.match(out.stderr, why);
	assert.equal(stateOf(at), before, 'nothing is changed');
	return out;
}

const fileOf = ({ dir }) => path.join(dir, 'staff.json');
const stateOf = (at) => (fs.existsSync(fileOf(at)) ? fs.readFileSync(fileOf(at), 'utf8') : '');
const listOf = (at) => JSON.parse(stateOf(at));

function csv(at, rows) {
	const file = path.join(at.dir, 'list.csv');
	fs.writeFileSync(file, HEADER + rows.join('\n') + '\n');
	return file;
}

test('an import', async (t) => {
	const at = desk(t);

	await t.test('tried out first', async () => {
		const out = await done(at, ['import', GOOD, '--dry-run']);
		assert.match(out.stdout, /^added {4}V101\nadded {4}R101\nadded {4}C101\nadded {4}V102\n/);
		assert.match(out.stdout, /\n4 added, 0 changed, 0 removed, 0 as before; 2 PINs set\nnothing was written: --dry-run\n$/);
		assert.equal(fs.existsSync(fileOf(at)), false);
	});

	await t.test('says what it changed, what means nothing and what to look at', async () => {
		const out = await done(at, ['import', GOOD]);
		assert.match(out.stdout, /^added {4}V101\n[^]*\n4 added, 0 changed, 0 removed, 0 as before; 2 PINs set\nno server runs on /);
		assert.equal(out.stderr, `${GOOD}: column 科室 means nothing here\n`
			+ `${GOOD}: line 6, column qualified_until: warning: is missing, and the role vaccinator asks for a qualification\n`);
		assert.equal(fs.statSync(fileOf(at)).mode & 0o777, 0o600);
		assert.equal(fs.statSync(path.join(at.dir, 'pin.key')).mode & 0o777, 0o600);
		const { version, staff, pins } = listOf(at);
		assert.equal(version, 1);
		assert.deepEqual(staff, [
			{ id: 'V101', name: '钱一秘', roles: ['screener', 'vaccinator'], badge: 1,
				qualifications: { screener: '2099-06-30', vaccinator: '2099-06-30' } },
			{ id: 'R101', name: '孙二秘', roles: ['registrar', 'guard'], qualifications: {}, badge: 2 },
			{ id: 'C101', name: '李三秘', roles: ['clinician', 'supervisor'], qualifications: { clinician: '2099-01-01' }, badge: 1 },
			{ id: 'V102', name: '周四秘', roles: ['vaccinator'], qualifications: {}, badge: 1 },
		]);
		assert.deepEqual(pins.map((p) => p.id), ['V101', 'C101']);
		for (const { hash } of pins) assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
		assert.ok(!/2468|013579/.test(stateOf(at).replaceAll(/"hash":"[^"]*"/g, '')));
	});

	await t.test('again, and in GB18030: nothing is new', async () => {
		const before = stateOf(at);
		for (const file of [GOOD, GB18030]) {
			const out = await done(at, ['import', file]);
			assert.equal(out.stdout, '0 added, 0 changed, 0 removed, 4 as before; 0 PINs set\n');
			assert.equal(stateOf(at), before);
		}
	});

	await t.test('in error is named by line and column, and nothing of it is taken', async () => {
		const out = await refused(at, ['import', BAD], /./);
		assert.equal(out.stdout, '');
		assert.deepEqual(out.stderr.trimEnd().split('\n').map((line) => line.replace(`${BAD}: `, '')), [
			'line 2, column roles: holds another word than 登记 预检 接种 留观 出口 医生 负责人 or their English names',
			'line 2, column qualified_until: must be a date, as 2027-06-30 or 2027/6/30',
			'line 2, column badge: must be a whole number from 1 to 9999',
			'line 2, column pin: must be 4 to 8 digits',
			'line 3: the row has fewer fields than the header',
			'line 4, column name: is missing',
			"line 4, column id: must be 1 to 31 letters, digits, '-' or '_'",
			'line 6, column name: is not the name of that id in line 5',
			'line 6, column badge: is not the one of that id in line 5',
			'line 6, column pin: is not the one of that id above',
			'line 6, column roles: names the role clinician, which that id has from a line above',
			'nothing was imported',
		]);
		await refused(at, ['import', BAD, '--dry-run'], /nothing was imported/);
		await refused(at, ['import', path.join(at.dir, 'none.csv')], /none\.csv: No such file or directory\n/);
		fs.writeFileSync(path.join(at.dir, 'empty.csv'), '');
		await refused(at, ['import', path.join(at.dir, 'empty.csv')], /empty\.csv: the file is empty\n/);
	});

	await t.test('warns of a qualification that has expired', async () => {
		const file = csv(at, ['V101,a,接种,2020-06-30,,', 'V102,b,接种,2099-06-30,,']);
		const out = await done(at, ['import', file, '--dry-run']);
		assert.equal(out.stderr, `${file}: line 2, column qualified_until: warning: has expired, and the role vaccinator asks for a qualification\n`);
	});

	await t.test('names whoever stands in the configuration too', async () => {
		await refused(at, ['import', csv(at, ['V101,a,接种,,,', 'M1,b,负责人,,,'])],
			/list\.csv: line 3, column id: M1 stands in the configuration: take it out of one of them\n/);
	});

	await t.test('does not give out a lost badge again', async () => {
		await refused(at, ['import', csv(at, ['R101,孙二秘,登记 出口,,1,'])],
			/list\.csv: line 2, column badge: comes before the badge that R101 has, number 2\n/);
		await done(at, ['import', csv(at, ['R101,孙二秘,登记 出口,,,', 'V101,钱一秘,接种 预检,2099-06-30,,'])]);
		assert.deepEqual(listOf(at).staff.map((s) => [s.id, s.badge]), [['R101', 2], ['V101', 1]]);
	});

	await t.test('is the whole list: who is not in it is removed, and the PIN with them', async () => {
		assert.deepEqual(listOf(at).pins.map((p) => p.id), ['V101']);
		const out = await done(at, ['import', csv(at, ['V101,钱七秘,接种,2099-12-31,2,1357', 'G101,a,guard,,,'])]);
		assert.match(out.stdout, /^changed {2}V101: name roles badge\nadded {4}G101\nremoved {2}R101\nPIN set {2}V101\n1 added, 1 changed, 1 removed, 0 as before; 1 PIN set\n/);
	});

	await t.test('prints the list and the badges', async () => {
		const list = await done(at, ['list']);
		assert.deepEqual(list.stdout.trimEnd().split('\n').map((line) => line.split('\t')), [
			['M1', '职员M1', 'supervisor=2099-12-31', 'badge 1', 'no PIN', 'configuration'],
			['V101', '钱七秘', 'vaccinator=2099-12-31', 'badge 2', 'PIN', 'imported'],
			['G101', 'a', 'guard', 'badge 1', 'no PIN', 'imported'],
		]);
		const badges = (await done(at, ['badges'])).stdout;
		assert.match(badges, /^M1 [A-Z2-7]{24} 职员M1\nV101 [A-Z2-7]{24} 钱七秘\nG101 [A-Z2-7]{24} a\n$/);
		await done(at, ['import', csv(at, ['V101,钱七秘,接种,2099-12-31,3,1357', 'G101,a,guard,,,'])]);
		const other = (await done(at, ['badges'])).stdout.split('\n');
		assert.deepEqual(badges.split('\n').map((line, i) => line === other[i]), [true, false, true, true], 'a new badge has another code');
	});
});

test('a PIN by hand', async (t) => {
	const at = desk(t);
	const pin = (id, input) => done(at, ['pin', id], { input });

	await t.test('by a line of a pipe, for somebody of either list', async () => {
		await done(at, ['import', csv(at, ['V101,a,接种,2099-06-30,,'])]);
		for (const [id, line] of [['M1', '1234\n'], ['V101', '12345678'], ['M1', '0000\r\n']]) {
			const out = await pin(id, line);
			assert.match(out.stdout, SET);
			assert.ok(!out.stdout.includes(line.trim()) && !out.stderr.includes(line.trim()));
		}
		assert.deepEqual(listOf(at).pins.map((p) => p.id), ['M1', 'V101']);
	});

	await t.test('no others, and for nobody else', async () => {
		for (const line of ['', '\n', '123\n', '123456789\n', '12a4\n', ' 1234\n', `${'1'.repeat(200)}\n`]) {
			await refused(at, ['pin', 'M1'], /^vaxline: a PIN has 4 to 8 digits\n$/, { input: line });
		}
		await refused(at, ['pin', 'V999'], /^vaxline: nobody on the list of the staff has the id V999\n$/, { input: '1234\n' });
	});

	await t.test('an import without PINs leaves them', async () => {
		await done(at, ['import', csv(at, ['V101,b,接种,2099-06-30,,'])]);
		assert.deepEqual(listOf(at).pins.map((p) => p.id), ['M1', 'V101']);
	});
});

test('a directory without a site is no place for badges and PINs, and nothing is made there', async (t) => {
	const { dir, configFile } = desk(t);
	const empty = path.join(dir, 'empty');
	fs.mkdirSync(empty);
	for (const wrong of [path.join(dir, 'wrong/data'), empty, path.join(configFile, 'data')]) {
		for (const args of [['badges'], ['list'], ['pin', 'M1']]) {
			const out = await staffCommand({ dir: wrong, configFile }, args, { input: '1234\n' });
			assert.equal(out.code, 1, out.stdout);
			assert.equal(out.stdout, '');
			assert.equal(out.stderr, `vaxline: there is no site in ${wrong} yet (no ticket.key): start the server once, or say --data\n`);
		}
	}
	assert.deepEqual(fs.readdirSync(dir).sort(), ['empty', 'site.json']);
	assert.deepEqual(fs.readdirSync(empty), []);
});

test('what the command line does not take', async (t) => {
	const at = desk(t);
	for (const args of [[], ['sing'], ['import'], ['import', GOOD, BAD], ['pin'], ['list', 'x'], ['list', '--dry-run'], ['pin', 'M1', '1234']]) {
		const out = await staffCommand(at, args);
		assert.equal(out.code, 2, args.join(' '));
		assert.match(out.stderr, /^vaxline: .*\nTry 'vaxline help'\.\n$/);
	}
	for (const args of [['list', 'extra'], ['badges', 'extra']]) {
		assert.match((await staffCommand(at, args)).stderr, new RegExp(`^vaxline: staff ${args[0]} takes nothing behind it: extra\n`));
	}
	assert.match((await run(['help'])).stdout, /\n {2}staff /);
});

test('a file that cannot be the list', async (t) => {
	const at = desk(t);
	await done(at, ['import', GOOD]);
	const good = stateOf(at);
	const write = (text, mode = 0o600) => {
		fs.writeFileSync(fileOf(at), text);
		fs.chmodSync(fileOf(at), mode);
	};
	const says = async (why) => {
		await refused(at, ['list'], why);
		const out = await run(['serve', '--config', at.configFile, '--data', at.dir, '--listen', '127.0.0.1:0']);
		assert.notEqual(out.code, 0);
		assert.match(out.stderr, why);
		assert.ok(!out.stdout.includes('listening'));
	};

	write('{"version":1}');
	await says(/staff\.json: staff: must be an array/);
	write(good.replace('"clinician"', '"nurse"'));
	await says(/staff\.json: staff\[2\]\.roles\[0\]: must be /);
	write(good.replace('"V102"', '"M1"'));
	await says(/M1 stands in the configuration and in .*staff\.json: take it out of one of them/);
	write(good, 0o644);
	await says(/staff\.json has mode 0644 and is open to others: it must be 0600/);
	write(good.replace('m=19456', 'm=4194304'));
	await says(/staff\.json: pins\[0\]\.hash: is none that vaxline makes/);
	write(good);
	fs.renameSync(path.join(at.dir, 'pin.key'), path.join(at.dir, 'elsewhere'));
	await says(/staff\.json has PINs, but .*pin\.key, without which none can be checked, is gone/);
	assert.equal(fs.existsSync(path.join(at.dir, 'pin.key')), false, 'no new one is made');
	fs.renameSync(path.join(at.dir, 'elsewhere'), path.join(at.dir, 'pin.key'));
	await done(at, ['list']);
});

// Events about the list, one line each.
const told = (events) => events.filter((e) => e.type.startsWith('staff_'))
	.map((e) => [e.type, e.data.member, e.data.person?.name, e.data.roles, e.data.pin].filter((v) => v !== undefined).join(' '));

const logged = (site, what, from = 0) =>
	waitFor(() => site.stderr.slice(from).split('\n').find((line) => what.test(line)), `the line ${what}: ${site.stderr.slice(from)}`);

test('a running server', async (t) => {
	const config = { staff: [member('M1', ['supervisor'])] };
	const site = await startSite({ clock: MANUAL, config, unstaffed: true }, t);
	const at = { dir: site.dir, configFile: site.configFile };
	const news = async (act) => {
		const before = (await site.log()).length;
		await act();
		return (await site.log()).slice(before);
	};
	// What a signal brought, by its line in the log.
	const hangUp = async (line = / reloaded /) => {
		const from = site.stderr.length;
		process.kill(site.child.pid, 'SIGHUP');
		return logged(site, line, from);
	};

	await t.test('knows those of its configuration', async () => {
		assert.deepEqual(told(await site.log()), ['staff_listed M1 职员M1 supervisor=2099-12-31']);
	});

	await t.test('is told of an import', async () => {
		const added = await news(async () => {
			const from = site.stderr.length;
			const out = await done(at, ['import', GOOD]);
			assert.ok(out.stdout.includes(`told the running server (process ${site.child.pid}) to read the list of the staff\n`), out.stdout);
			await logged(site, / reloaded /, from);
		});
		assert.deepEqual(told(added), [
			'staff_listed V101 钱一秘 screener=2099-06-30,vaccinator=2099-06-30 1',
			'staff_listed R101 孙二秘 registrar,guard',
			'staff_listed C101 李三秘 clinician=2099-01-01,supervisor 1',
			'staff_listed V102 周四秘 vaccinator',
		]);
		assert.equal(added.length, 4, 'and of nothing else');
	});

	await t.test('and of a PIN, which opens at once', async () => {
		const from = site.stderr.length;
		await done(at, ['pin', 'R101'], { input: '9753\n' });
		await logged(site, / reloaded /, from);
		assert.deepEqual(told(await site.log()).slice(-1), ['staff_listed R101 孙二秘 registrar,guard 1']);
		site.configure({ ...config, roles: { registrar: { pin: true } } });
		await hangUp();
		const [, code] = (await done(at, ['badges'])).stdout.match(/^R101 (\S+)/m);
		const handheld = await site.device('handheld', 'h', 'registration-1');
		assert.equal((await handheld.once('POST', '/api/session', { badge: code })).body.code, 'pin_required');
		assert.equal((await handheld.once('POST', '/api/session', { badge: code, pin: '9754' })).body.code, 'sign_on_refused');
		const right = await handheld.once('POST', '/api/session', { badge: code, pin: '9753' });
		assert.equal(right.status, 200, right.text);
		assert.equal(right.body.session.staff.name, '孙二秘');
	});

	await t.test('tells nothing where nothing changed', async () => {
		assert.deepEqual(await news(() => hangUp()), []);
		assert.deepEqual(await news(() => done(at, ['import', GOOD])), []);
		assert.deepEqual(await news(async () => {
			await site.restart();
			await site.ready();
		}), []);
	});

	await t.test('takes who is changed or gone', async () => {
		const rows = ['V101,钱一秘,接种,2099-12-31,2,', 'C101,李三秘,医生 负责人,2099-01-01,,'];
		const added = await news(async () => {
			const from = site.stderr.length;
			await done(at, ['import', csv(at, rows)]);
			await logged(site, / reloaded /, from);
		});
		assert.deepEqual(told(added).sort(), [
			'staff_listed V101 钱一秘 vaccinator=2099-12-31 1', 'staff_removed R101', 'staff_removed V102',
		]);
		assert.deepEqual(added.filter((e) => e.type === 'signed_off').map((e) => [e.data.member, e.data.sign_off]), [['R101', 'removed']]);
	});

	await t.test('takes a changed configuration', async () => {
		site.configure({ ...config, observation: { minutes: 45 }, staff: [member('M1', ['supervisor']), member('M2', ['clinician'])] });
		const added = await news(() => hangUp());
		assert.deepEqual(added.map((e) => e.type), ['configured', 'staff_listed']);
		assert.equal(added[0].data.rules.observation.minutes, 45);
	});

	await t.test('and none that is wrong: all stays, and the log says why', async () => {
		const good = fs.readFileSync(site.configFile, 'utf8');
		const wrong = [
			[{ observation: { minutes: 0 } }, /site\.json: observation\.minutes: must be /],
			[{ site: 'another' }, /site\.json: site: can be changed by a restart alone/],
			[{ time_zone: 'Asia/Urumqi' }, /site\.json: time_zone: can be changed by a restart alone/],
			[{ staff: [member('V101', ['guard'])] }, /V101 stands in the configuration and in /],
			[{ staff: [{ id: 'M1', name: 'x', roles: ['nurse'] }] }, /site\.json: staff\[0\]\.roles\[0\]: must be /],
		];
		for (const [change, why] of wrong) {
			site.configure({ ...config, ...change });
			const added = await news(async () => assert.match(await hangUp(/ error reload_refused what="configuration" /), why));
			assert.deepEqual(added, []);
		}
		fs.writeFileSync(site.configFile, good);
		fs.chmodSync(fileOf(at), 0o640);
		assert.deepEqual(await news(async () => assert.match(await hangUp(/ reload_refused /), /has mode 0640/)), []);
		fs.chmodSync(fileOf(at), 0o600);
		assert.deepEqual(await news(() => hangUp()), []);
	});

	await t.test('nor one that takes away a desk in use', async () => {
		const desks = configuration().desks.filter((d) => d.id !== 'registration-8');
		const someone = await new Hall(site).waiting();
		accepted(await site.board.act(someone.token, 'start', { desk: 'registration-8' }), 'start', 'serving');
		site.configure({ ...config, staff: [], desks });
		const why = /desk registration-8 is in use and cannot be taken away now/;
		assert.deepEqual(await news(async () => assert.match(await hangUp(/ reload_refused /), why)), []);
		accepted(await site.board.act(someone.token, 'finish'), 'finish');
		const added = await news(() => hangUp());
		assert.equal(added[0].type, 'configured');
		assert.deepEqual(told(added), ['staff_removed M1', 'staff_removed M2']);
		assert.equal((await site.replay()).hash, (await site.clock()).hash);
	});
});

test('a site where nobody may do what takes a role works as far as it does, and says who is lacking', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { staff: [], roles: { vaccinator: { pin: false, qualification: true } } }, unstaffed: true }, t);
	const at = { dir: site.dir, configFile: site.configFile };
	const lacking = (from = 0) => [...site.stderr.slice(from).matchAll(/ warn staff_lacking role="(\w+)"/g)].map(([, role]) => role);
	const someone = await new Hall(site).waiting('injection');
	const handheld = await site.device('handheld', 'h', 'injection-1');
	accepted(await handheld.scan(someone.token), 'start', 'serving');
	assert.equal((await handheld.act(someone.token, 'inject', DOSE)).body.code, 'not_signed_on');
	assert.equal((await site.board.post('/api/day/close', {})).body.code, 'not_signed_on');
	assert.deepEqual(lacking(), ['vaccinator', 'clinician', 'supervisor']);

	const from = site.stderr.length;
	await done(at, ['import', csv(at, ['V1,a,接种,2099-06-30,,', 'V2,b,医生,2020-06-30,,', 'M1,c,负责人,,,'])]);
	await logged(site, / reloaded /, from);
	assert.deepEqual(lacking(from), ['clinician'], 'whose qualification has expired');
	assert.equal((await handheld.once('POST', '/api/session', { badge: (await done(at, ['badges'])).stdout.match(/^V1 (\S+)/m)[1] })).status, 200);
});

test('a signal while the log is read is not lost', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { staff: [] }, unstaffed: true }, t);
	await site.stop();
	const from = site.stderr.length;
	const started = site.start();
	await logged(site, / site_fenced /, from);
	process.kill(site.child.pid, 'SIGHUP');
	await started;
	await logged(site, / reloaded /, from);
});
