// Staff for a test: who is listed, with what badges, and who signs on where.
import { run, waitFor } from './site.mjs';

export { badges as badgesOf } from './duty.mjs';

const TO_COME = '2027-06-30';
const GONE = '2026-11-19'; // the day before the day of the tests

// One of each kind that a duty can meet; nobody needs a PIN, and every role that is asked about needs a qualification.
export const STAFF = [
	{ id: 'N1', name: '陈护士', roles: ['vaccinator'], qualifications: { vaccinator: TO_COME } },
	{ id: 'N2', name: '李护士', roles: ['vaccinator'], qualifications: { vaccinator: TO_COME } },
	{ id: 'D1', name: '王医生', roles: ['clinician'], qualifications: { clinician: TO_COME } },
	{ id: 'S1', name: '赵主任', roles: ['supervisor'], qualifications: { supervisor: TO_COME } },
	{ id: 'R1', name: '孙登记', roles: ['registrar'] },
	{ id: 'ALL', name: '全能', roles: ['vaccinator', 'clinician', 'supervisor'],
		qualifications: { vaccinator: '2026-11-20', clinician: '2026-11-20', supervisor: '2026-11-20' } }, // the last day counts
	{ id: 'OLD', name: '过期', roles: ['vaccinator', 'clinician', 'supervisor'],
		qualifications: { vaccinator: GONE, clinician: GONE, supervisor: GONE } },
	{ id: 'NONE', name: '无证', roles: ['vaccinator', 'clinician', 'supervisor'] },
];

const plain = { pin: false, qualification: true };
export const DUTY = {
	staff: STAFF,
	roles: { vaccinator: plain, clinician: plain, supervisor: plain },
	sign_on: { idle_minutes: 30, board_idle_minutes: 240, shift_ends: [] },
};

// Gives somebody a PIN, and waits until the server knows of it.
export async function setPin(site, id, pin) {
	const out = await run(['staff', 'pin', id, '--config', site.configFile, '--data', site.dir], { input: `${pin}\n` });
	if (out.code !== 0) throw new Error(`staff pin: ${out.code} ${out.stderr}`);
	await waitFor(async () => {
		const { staff } = (await site.board.get('/api/staff')).body;
		return staff.find((one) => one.id === id)?.pin;
	}, `the PIN of ${id}`);
}

export const trySignOn = (client, badge, pin) => client.send('POST', '/api/session', { badge, ...(pin ? { pin } : {}) });

// The session, or an error with what came instead.
export async function signOn(client, badge, pin) {
	const answer = await trySignOn(client, badge, pin);
	if (answer.status !== 200) throw new Error(`sign on: ${answer.status} ${answer.text}`);
	return answer.body.session;
}

export const signOff = (client) => client.delete('/api/session');
