# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Who is connected with whom: links are pairs of nodes, which are numbers from 0."""


def neighbours_of(count, links):
    made = [[] for _ in range(count)]
    for left, right in links:
        made[left].append(right)
        made[right].append(left)
    return [sorted(each) for each in made]


def random_regular(chance, count, degree):
    """Links of a connected graph in which each of `count` nodes has `degree` neighbours: those of a ring, whose ends
    are exchanged at random until nothing of it is left."""
    if not 2 <= degree < count or count * degree % 2:
        raise ValueError(f"no {count} nodes have {degree} neighbours each, of which there are 2 at least")
    links = [(node, (node + step) % count) for step in range(1, degree // 2 + 1) for node in range(count)]
    if degree % 2:
        links += [(node, node + count // 2) for node in range(count // 2)]
    while True:
        _exchange_ends(chance, links)
        if _is_connected(count, links):
            return links


def _is_connected(count, links):
    neighbours = neighbours_of(count, links)
    seen, ahead = {0}, [0]
    while ahead:
        for other in neighbours[ahead.pop()]:
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    return len(seen) == count


def _exchange_ends(chance, links):
    taken = {frozenset(link) for link in links}
    for _ in range(20 * len(links)):
        one, other = chance.sample(range(len(links)), 2)
        (a, b), (c, d) = links[one], links[other][:: chance.choice((1, -1))]
        wanted = {frozenset((a, d)), frozenset((c, b))}
        if len({a, b, c, d}) < 4 or wanted & taken:
            continue
        taken -= {frozenset((a, b)), frozenset((c, d))}
        taken |= wanted
        links[one], links[other] = (a, d), (c, b)
