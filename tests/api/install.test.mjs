// `make install` puts a program that runs where it says, keeps a site's configuration, and can be undone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { MANUAL, ROOT, VAXLINE, run, startSite, tempDir } from '../lib/site.mjs';

const MINUTES_MS = 10 * 60_000; // it may have to build first

// The flavour that is under test; nothing of a make that runs this test.
async function make(target, variables) {
	const flavour = path.relative(path.join(ROOT, 'build'), path.dirname(VAXLINE));
	const nothing = Object.fromEntries(['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES'].map((name) => [name, undefined]));
	const words = Object.entries({ FLAVOUR: flavour, ...variables }).map(([name, value]) => `${name}=${value}`);
	const out = await run(['-C', ROOT, target, ...words], { program: 'make', bound: MINUTES_MS, env: nothing });
	assert.equal(out.code, 0, out.stdout + out.stderr);
	return out.stdout;
}

const files = (dir) => fs.readdirSync(dir, { recursive: true }).map(String)
	.filter((name) => fs.statSync(path.join(dir, name)).isFile()).sort();

// What the unit says, by key; comments are left out.
function unit(file) {
	const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => /^\w+=/.test(line));
	return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

test('install, use, install again, uninstall', async (t) => {
	const root = tempDir(t);
	const at = (...names) => path.join(root, ...names);
	await make('install', { DESTDIR: root });

	await t.test('the program, the pages, the configuration, its schema, the unit', async () => {
		const there = files(root);
		for (const name of [
			'usr/local/bin/vaxline', 'usr/local/share/vaxline/pages/board.html', 'usr/local/share/vaxline/pages/openapi.json',
			'usr/local/share/vaxline/pages/messages/zh-Hans.json', 'usr/local/share/vaxline/config/site.json',
			'usr/local/share/vaxline/config/site.schema.json', 'usr/local/lib/systemd/system/vaxline.service', 'etc/vaxline/site.json',
		]) assert.ok(there.includes(name), name);
		assert.deepEqual(there.filter((name) => /node_modules|package|tsconfig|\/\./.test(name)), []);
		for (const name of there) {
			const mode = fs.statSync(at(name)).mode & 0o777;
			assert.equal(mode, name.endsWith('bin/vaxline') ? 0o755 : 0o644, name);
		}
		assert.equal(fs.readFileSync(at('etc/vaxline/site.json'), 'utf8'), fs.readFileSync(path.join(ROOT, 'config/site.json'), 'utf8'));
	});

	await t.test('the unit names what was installed', () => {
		const said = unit(at('usr/local/lib/systemd/system/vaxline.service'));
		const words = said.ExecStart.split(' ');
		assert.ok(fs.existsSync(at(words[0])));
		assert.ok(fs.existsSync(at(words[words.indexOf('--config') + 1])));
		assert.equal(said.Type, 'notify');
		assert.equal(said.StateDirectory, 'vaxline');
	});

	await t.test('it runs from there, with its pages and its configuration', async () => {
		const program = at('usr/local/bin/vaxline');
		const sample = await run(['check', at('etc/vaxline/site.json')], { program });
		assert.equal(sample.code, 0, sample.stderr);
		const data = tempDir(t);
		fs.writeFileSync(path.join(data, 'site.json'), fs.readFileSync(at('etc/vaxline/site.json')));
		const site = await startSite({ clock: MANUAL, program, dir: data, configFile: path.join(data, 'site.json') }, t);
		for (const name of ['/board', '/pages/style.css', '/pages/messages/en.json']) {
			assert.equal((await site.nobody().get(name)).status, 200, name);
		}
		assert.deepEqual(await site.stop(), { code: 0, signal: null });
	});

	await t.test('a second time: the configuration of the site stays, old pages go', async () => {
		const own = `${fs.readFileSync(at('etc/vaxline/site.json'), 'utf8')}\n`;
		fs.writeFileSync(at('etc/vaxline/site.json'), own);
		fs.writeFileSync(at('usr/local/share/vaxline/pages/of_last_year.mjs'), '');
		const before = files(root);
		await make('install', { DESTDIR: root });
		assert.equal(fs.readFileSync(at('etc/vaxline/site.json'), 'utf8'), own);
		assert.deepEqual(files(root), before.filter((name) => !name.endsWith('of_last_year.mjs')));
	});

	await t.test('uninstall leaves the configuration alone', async () => {
		const said = await make('uninstall', { DESTDIR: root });
		assert.deepEqual(files(root), ['etc/vaxline/site.json']);
		assert.match(said, /^kept: .*etc\/vaxline\/site\.json$/m);
	});
});

test('other places', async (t) => {
	const root = tempDir(t);
	await make('install', { DESTDIR: root, PREFIX: '/usr', SYSCONFDIR: '/srv/etc' });
	assert.ok(fs.existsSync(path.join(root, 'srv/etc/vaxline/site.json')));
	const file = path.join(root, 'usr/lib/systemd/system/vaxline.service');
	assert.match(unit(file).ExecStart, /^\/usr\/bin\/vaxline serve --config \/srv\/etc\/vaxline\/site\.json /);
	assert.equal(unit(file).EnvironmentFile, '-/srv/etc/default/vaxline');
	assert.ok(!fs.readFileSync(file, 'utf8').includes('/usr/local'));
});
