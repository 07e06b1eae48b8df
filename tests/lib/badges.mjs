// Badges for tests of the pages: who they belong to, and a wedge that scans them.
import { startBoard } from './board_page.mjs';
import { MANUAL } from './site.mjs';

export const PIN = '2468';
const STRANGER = '<img src=x onerror="document.title=\'owned\'"> 李娜';

// Somebody of each kind that a page tells apart, on the day of the tests, 2026-11-20. PINs are asked of clinicians alone.
const STAFF = {
	roles: { clinician: { pin: true } },
	sign_on: { idle_minutes: 30, board_idle_minutes: 240 },
	staff: [
		{ id: 'S001', name: '王伟', roles: ['supervisor'] },
		{ id: 'S002', name: '赵敏', roles: ['supervisor'] },
		{ id: 'C001', name: STRANGER, roles: ['clinician', 'screener'], qualifications: { clinician: '2026-12-05', screener: '2026-11-19' } },
		{ id: 'C002', name: '孙医生', roles: ['clinician'], qualifications: { clinician: '2026-11-19' } },
		{ id: 'C003', name: '钱医生', roles: ['clinician'], qualifications: { clinician: '2027-06-30' } },
		{ id: 'N017', name: '张敏', roles: ['vaccinator'], qualifications: { vaccinator: '2026-11-20' } },
		{ id: 'N018', name: 'Alexandra Montgomery-Featherstonehaugh', roles: ['vaccinator', 'observer'], qualifications: { vaccinator: '2027-06-30' } },
		{ id: 'R001', name: '欧阳若兰', roles: ['registrar', 'screener', 'vaccinator', 'observer', 'guard'] },
		{ id: 'R002', name: '何平', roles: ['registrar'] },
		{ id: 'G001', name: '马强', roles: ['guard'] },
	],
};

// What somebody's name is, as it was typed.
export const nameOf = (id) => STAFF.staff.find((m) => m.id === id).name;
export const COUNT = STAFF.staff.length;

// startBoard with them, nobody signed on, and the codes of their badges.
export async function startStaffedBoard(t, config = {}) {
	const all = await startBoard({ clock: MANUAL, unstaffed: true, config: { ...STAFF, ...config, sign_on: { ...STAFF.sign_on, ...config.sign_on } } }, t);
	return { ...all, badges: await all.site.badges() };
}

// A scanner that types like a keyboard, Enter at the end.
const keyOf = (c) => (c === ':' ? 'Shift+Semicolon' : /[0-9]/.test(c) ? `Digit${c}` : `${c < 'a' ? 'Shift+' : ''}Key${c.toUpperCase()}`);
export async function wedge(page, code) {
	for (const c of code) await page.keyboard.press(keyOf(c));
	await page.keyboard.press('Enter');
}
export const scanBadge = (page, code) => wedge(page, `BADGE:${code}`);
