// What the pages say beforehand about who may do what is what the server's table says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { dutyOf, standing } from '../../kiosk/pages/duty.mjs';
import { ROOT } from '../lib/site.mjs';

const ROLE = /^(?:registrar|screener|vaccinator|observer|guard|clinician|supervisor)$/;
const rows = fs.readFileSync(path.join(ROOT, 'tests/golden/permissions.txt'), 'utf8').split('\n')
	.filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

// Where an act of the table is asked for.
function pathOf(act) {
	const [what, how] = act.split(' ');
	const known = {
		'day close': '/api/day/close', 'settle clock_doubt': '/api/alerts/7/settle', 'staff badges': '/api/staff?badges=1',
		'staff list': null, // the same address, without the badges
	};
	if (act in known) return known[act];
	if (what === 'site' && how) return `/api/site/${how}`;
	return how ? null : `/api/visits/A001/${what}`;
}

test('each act that asks for a role on a board says which, and no other does', () => {
	const column = rows[0].indexOf('board');
	assert.ok(column > 0);
	let asked = 0;
	for (const row of rows.slice(2)) {
		const roles = row[column].split(', ').filter((word) => ROLE.test(word));
		for (const act of row[0].split(', ')) {
			const where = pathOf(act);
			if (!where) continue;
			assert.deepEqual([...(dutyOf(where)?.roles ?? [])].sort(), roles.sort(), act);
			if (roles.length > 0) asked++;
		}
	}
	assert.ok(asked >= 11, `${asked} acts that ask for a role`);
});

test('the last day of a qualification counts, and its last 30 days are told', () => {
	assert.equal(standing('2026-11-19', '2026-11-20'), 'expired');
	assert.equal(standing('2026-11-20', '2026-11-20'), 'soon');
	assert.equal(standing('2026-12-20', '2026-11-20'), 'soon');
	assert.equal(standing('2026-12-21', '2026-11-20'), 'good');
	assert.equal(standing('2027-01-15', '2026-12-20'), 'soon');
});
