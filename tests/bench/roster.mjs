// A roster as a community office exports one: so many people with right id numbers, none twice, for tomorrow.
const SURNAMES = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗'];
const GIVEN = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国文斌'];
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const FIRST_YEAR = 1940;
const YEARS = 60;
const DAYS = 28; // of a month, so that every date exists
const SERIALS = 999;

const pad = (n, digits) => String(n).padStart(digits, '0');

// GB 11643: region (unassigned, so nobody's), birth date, serial, check digit.
function idCard(date, serial) {
	const digits = `990100${date.replaceAll('-', '')}${pad(serial, 3)}`;
	const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
	return digits + '10X98765432'[sum % 11];
}

// `set` tells rosters apart: no person stands in two of them.
export function rosterOf(rows, set = 0) {
	const tomorrow = new Date(Date.now() + 86_400_000).toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' });
	const lines = ['name,id_type,id_number,birth_date,sex,phone,community,date,slot,vaccine,dose'];
	for (let i = 0; i < rows; i++) {
		const n = set * rows + i;
		const day = n % (YEARS * 12 * DAYS);
		const serial = 1 + (Math.floor(n / (YEARS * 12 * DAYS)) % SERIALS);
		const date = `${FIRST_YEAR + (day % YEARS)}-${pad(1 + (Math.floor(day / YEARS) % 12), 2)}-` +
			pad(1 + (Math.floor(day / YEARS / 12) % DAYS), 2);
		const name = SURNAMES[n % SURNAMES.length] + GIVEN[n % GIVEN.length] + GIVEN[Math.floor(n / 7) % GIVEN.length];
		const hour = 8 + (i % 8);
		lines.push([
			name, 'id_card', idCard(date, serial), date, serial % 2 ? 'male' : 'female', `1380${pad(n, 7)}`, '纺织厂',
			tomorrow, `${pad(hour, 2)}:00-${pad(hour, 2)}:30`, 'inactivated', '1',
		].join(','));
	}
	return `${lines.join('\r\n')}\r\n`;
}
