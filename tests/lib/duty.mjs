// The staff of a test's site, so that tests of other things need not think of it:
//
//   T001 .. T120, each with every role and no PIN ── `vaxline staff badges` ──> code of each badge
//        │
//        └── a device that is told `not_signed_on` signs the next of them on, always the same one there, and asks again
//
// A site or client that is `unstaffed` leaves it at that answer.
import { run } from './ground.mjs';

export const ROLES = ['registrar', 'screener', 'vaccinator', 'observer', 'guard', 'clinician', 'supervisor'];
const STAND_INS = 120;
const FAR = '2099-12-31';
const LONG_MINUTES = 1440;

const each = (value) => Object.fromEntries(ROLES.map((role) => [role, value]));

// Somebody with these roles, each with a qualification that lasts.
export const member = (id, roles, more = {}) =>
	({ id, name: `职员${id}`, roles, qualifications: Object.fromEntries(roles.map((role) => [role, FAR])), ...more });

// What it changes in a configuration: nobody is signed off while the test looks elsewhere, and nobody needs a PIN.
export const STAFFED = {
	staff: Array.from({ length: STAND_INS }, (_, i) => member(`T${String(i + 1).padStart(3, '0')}`, ROLES)),
	roles: each({ pin: false }),
	sign_on: { idle_minutes: LONG_MINUTES, board_idle_minutes: LONG_MINUTES, shift_ends: [] },
};

// {id: code} of all badges, as the command prints them.
export async function badges(site) {
	const out = await run(['staff', 'badges', '--config', site.configFile, '--data', site.dir]);
	if (out.code !== 0) throw new Error(`staff badges: ${out.code} ${out.stderr}`);
	return Object.fromEntries(out.stdout.split('\n').filter(Boolean).map((line) => line.split(' ').slice(0, 2)));
}

// Who stands in at which device of a site. Clients with one token are one device.
export class Duty {
	constructor(site) {
		this.site = site;
		this.taken = 0;
		this.devices = new Map();
	}

	device(token) {
		if (!this.devices.has(token)) this.devices.set(token, { times: 0 });
		return this.devices.get(token);
	}

	codes() {
		this.known ??= badges(this.site);
		return this.known;
	}

	// The code of the badge that a device signs on with unless told another; undefined where there are not so many.
	async badge(token) {
		const codes = await this.codes();
		const device = this.device(token);
		device.member ??= Object.keys(codes).filter((id) => /^T\d{3}$/.test(id)).sort()[this.taken++];
		return codes[device.member];
	}

	// Signs somebody on at the client's device, once for all that is asked there at a time: not where that was done after
	// an act was sent, when it had been done so many `times`. What is answered where it did not come to that.
	async standIn(client, times, refusal) {
		const device = this.device(client.token);
		if (device.times > times) return undefined;
		device.pending ??= this.signOn(client, device, refusal).finally(() => {
			device.pending = undefined;
		});
		return device.pending;
	}

	async signOn(client, device, refusal) {
		const answer = (await this.badge(client.token)) ? await client.signOn() : refusal;
		if (answer.status !== 200) return answer;
		device.times++;
		return undefined;
	}
}
