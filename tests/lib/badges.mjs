// Badges for tests of the pages: who they belong to, and a wedge that scans them.
import { setPin as pinOf } from './signing.mjs';

export { badgesOf } from './signing.mjs';

export const PIN = '2468';
const STRANGER = '<img src=x onerror="document.title=\'owned\'"> 李娜';

// Somebody of each kind that a page tells apart, on the day of the tests, 2026-11-20. PINs are asked of clinicians alone.
export const STAFF = {
	roles: { supervisor: { pin: false }, clinician: { pin: true, qualification: true }, vaccinator: { pin: false, qualification: true } },
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

// Sets somebody's PIN, and waits until the server knows of it.
export const setPin = (site, id, pin = PIN) => pinOf(site, id, pin);

// A scanner that types like a keyboard, Enter at the end.
const keyOf = (c) => (c === ':' ? 'Shift+Semicolon' : /[0-9]/.test(c) ? `Digit${c}` : `${c < 'a' ? 'Shift+' : ''}Key${c.toUpperCase()}`);
export async function wedge(page, code) {
	for (const c of code) await page.keyboard.press(keyOf(c));
	await page.keyboard.press('Enter');
}
export const scanBadge = (page, code) => wedge(page, `BADGE:${code}`);
