"""Networks that wait for a worker: alike ones leave in one stack, whichever design or search they belong to."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from math import ceil

from nets.train import stack_size
from study.records import Key, Network, Networks


@dataclass(frozen=True)
class Parcel:
    """Networks that were submitted together and are alike; ``number`` is their place in the order of arrival."""

    number: int
    networks: Networks
    thresholds: tuple[float, ...] = ()


class Waiting:
    """Parcels by what their networks have in common. Which leave together changes no bit: a network ignores its company.

    Parcels with thresholds travel alone: what prunes a stack is its mean.
    """

    def __init__(self) -> None:
        self._alike: dict[object, deque[Parcel]] = {}
        self._numbers = count()

    def __bool__(self) -> bool:
        return bool(self._alike)

    def add(self, networks: Networks, thresholds: tuple[float, ...] = ()) -> None:
        """``networks`` are alike, and no more than a stack carries."""
        parcel = Parcel(next(self._numbers), networks, thresholds)
        kind = parcel.number if thresholds else kind_of(*next(iter(networks.items())))
        self._alike.setdefault(kind, deque()).append(parcel)

    def take(self, places: int) -> Parcel:
        """The oldest parcel, and of those like it as many as leave work for all of ``places``."""
        kind = min(self._alike, key=lambda each: self._alike[each][0].number)
        parcels, count = self._alike[kind], self._count
        taken = parcels.popleft()
        most = min(size_of(taken.networks), ceil(count / places))
        networks = dict(taken.networks)
        while parcels and len(networks) + len(parcels[0].networks) <= most:
            networks |= parcels.popleft().networks
        if not parcels:
            del self._alike[kind]
        return Parcel(taken.number, networks, taken.thresholds)

    @property
    def _count(self) -> int:
        return sum(len(parcel.networks) for parcels in self._alike.values() for parcel in parcels)


def stacks(networks: Networks) -> Iterator[Networks]:
    """``networks``, those that are alike together, and no more than a stack carries."""
    alike: dict[object, dict[Key, Network]] = {}
    for key, network in networks.items():
        alike.setdefault(kind_of(key, network), {})[key] = network
    for group in alike.values():
        members, size = iter(group.items()), size_of(group)
        while stack := dict(islice(members, size)):
            yield stack


def kind_of(key: Key, network: Network) -> object:
    """Equal for networks that may train in one stack."""
    return network.task, network.hyper.stack_key, key.is_tested


def size_of(networks: Mapping[Key, Network]) -> int:
    """Networks that one stack carries, of the kind of these."""
    return stack_size(next(iter(networks.values())).hyper.width)
