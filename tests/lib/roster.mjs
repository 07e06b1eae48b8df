// The roster of the day as its file says it, read by a reader of the tests' own.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './ground.mjs';

export const ROSTER = path.join(ROOT, 'tests/data/roster-2026-11-20.csv');

const ID_TYPES = { 居民身份证: 'id_card', 护照: 'passport' };
const VACCINES = {
	'新冠灭活疫苗(Vero细胞)': 'inactivated', '重组新冠疫苗(CHO细胞)': 'recombinant', 腺病毒载体新冠疫苗: 'adenovirus',
};
const ASSISTED = /轮椅|行动不便/;

// Rows of fields; a quoted field may hold commas, line ends and doubled quotes.
function parse(text) {
	const rows = [[]];
	const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy;
	for (let match; field.lastIndex < text.length && (match = field.exec(text));) {
		const [, value, end] = match;
		rows.at(-1).push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
		if (end !== ',' && field.lastIndex < text.length) rows.push([]);
	}
	return rows;
}

const at = (date, clock) => Date.parse(`${date}T${clock}:00+08:00`);

// {name, idType, idNumber, birth, phone, community, from, to, vaccine, dose, assisted} of each row.
export function readRoster() {
	const [header, ...rows] = parse(fs.readFileSync(ROSTER, 'utf8').replace(/^\uFEFF/, ''));
	return rows.map((row) => {
		const is = Object.fromEntries(header.map((name, i) => [name, row[i]]));
		const [from, to] = is['预约时段'].split('-');
		return {
			name: is['姓名'], idType: ID_TYPES[is['证件类型']], idNumber: is['证件号码'], birth: is['出生日期'], phone: is['手机号'],
			community: is['社区/单位'], from: at(is['预约日期'], from), to: at(is['预约日期'], to),
			vaccine: VACCINES[is['疫苗']], dose: Number(is['剂次']), assisted: ASSISTED.test(is['备注']),
		};
	});
}
