/** Orders names so that `nvidia2` comes before `nvidia10`, the same in every locale. */
export function compareNames(left: string, right: string): number {
  const leftParts = left.split(/(\d+)/);
  const rightParts = right.split(/(\d+)/);
  for (let index = 0; index < Math.min(leftParts.length, rightParts.length); index += 1) {
    const leftPart = leftParts[index] ?? '';
    const rightPart = rightParts[index] ?? '';
    if (leftPart === rightPart) continue;
    const difference = index % 2 === 1 ? Number(leftPart) - Number(rightPart) : 0;
    if (difference !== 0) return difference;
    return leftPart < rightPart ? -1 : 1;
  }
  return leftParts.length - rightParts.length;
}
