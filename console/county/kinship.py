"""How one person stands to another, in the words that rosters use."""

from __future__ import annotations

import numpy as np

from console.county.draws import Ints
from console.county.vital import Scene


def relation_words(scene: Scene, person: Ints, head: Ints) -> np.ndarray:
    """与户主关系 of each person to the head beside them."""
    people = scene.people
    male = people["is_male"].to_numpy()
    father, mother = people["father"].to_numpy(), people["mother"].to_numpy()

    def is_child(child: Ints, parent: Ints) -> np.ndarray:
        there = np.maximum(child, 0)
        is_theirs = (father[there] == parent) | (mother[there] == parent)
        return np.asarray((child >= 0) & (parent >= 0) & is_theirs)

    spouse = scene.spouse[person]
    partner = scene.spouse[head]
    parent_a, parent_b = father[person], mother[person]
    boy = male[person]
    young = scene.age[person] < scene.age[head]
    child = is_child(person, head) | is_child(person, partner)
    grandchild = (
        is_child(parent_a, head)
        | is_child(parent_b, head)
        | is_child(parent_a, partner)
        | is_child(parent_b, partner)
    )
    same_parent = ((parent_a >= 0) & (parent_a == father[head])) | (
        (parent_b >= 0) & (parent_b == mother[head])
    )
    return np.select(
        [
            person == head,
            spouse == head,
            child & boy,
            child,
            (is_child(spouse, head) | is_child(spouse, partner)) & boy,
            is_child(spouse, head) | is_child(spouse, partner),
            grandchild & boy,
            grandchild,
            is_child(head, person) & boy,
            is_child(head, person),
            is_child(partner, person) & boy,
            is_child(partner, person),
            same_parent & young & boy,
            same_parent & young,
            same_parent & boy,
            same_parent,
        ],
        [
            "户主",
            "配偶",
            "子",
            "女",
            "女婿",
            "儿媳",
            "孙子",
            "孙女",
            "父亲",
            "母亲",
            "岳父",
            "岳母",
            "弟",
            "妹",
            "兄",
            "姐",
        ],
        "其他",
    ).astype(object)
