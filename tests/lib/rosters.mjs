// Rosters for tests: the files of tests/data, and made ones.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './ground.mjs';

export const DAY = '2026-11-20';
export const file = (name) => fs.readFileSync(path.join(ROOT, 'tests/data', name));

// The CSV of rows, each with its own of name, id_type, id_number, birth_date, phone, slot, date, notes ...
export function csv(rows) {
	const columns = [...new Set(['name', 'birth_date', 'date', 'slot', ...rows.flatMap((row) => Object.keys(row))])];
	const quoted = (text) => `"${String(text ?? '').replaceAll('"', '""')}"`;
	const standard = { date: DAY, slot: '08:00-08:30' };
	return [columns.join(','), ...rows.map((row) => columns.map((c) => quoted({ ...standard, ...row }[c])).join(','))].join('\n');
}

// So many people with passports, born in 1980.
export function many(n, more = {}) {
	return Array.from({ length: n }, (_, i) => ({
		name: `某${i}`, id_type: 'passport', id_number: `E${String(i).padStart(8, '0')}`, birth_date: '1980-05-17', ...more,
	}));
}
