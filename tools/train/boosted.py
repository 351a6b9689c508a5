# SPDX-License-Identifier: GPL-2.0-or-later
"""Boosted trees for the daemon (Friedman 2001), with thresholds drawn at random.

Each node tries a share of the features, each at one threshold drawn between its least and its greatest rank (Geurts, Ernst and
Wehenkel 2006), and each tree has all clips.  Such trees know less of the clips that they were shown, and more of others.
"""
import numpy as np
from sklearn.tree import ExtraTreeRegressor

RANKS = 256


def probability(log_odds):
    return 1 / (1 + np.exp(-log_odds))


class Boosted:
    def __init__(self, trees, depth, rate, share, leaf, unused=()):
        self.count, self.depth, self.rate = trees, depth, rate
        self.share, self.leaf = share, leaf  # of the features that a node tries; clips in a leaf, at least
        self.unused = list(unused)  # features that no node asks for
        self.trees = []  # of each the model, and by its nodes what a leaf there says

    def ranks(self, x):
        """Features as shares of what was trained on: units, and what stands for "unknown", have no say in a threshold."""
        ranks = np.stack([np.searchsorted(e, x[:, i]) for i, e in enumerate(self.edges)], 1).astype(np.float32)
        ranks[:, self.unused] = 0
        return ranks

    def fit(self, x, fell, weight):
        shares = np.linspace(0, 1, RANKS)[1:-1]
        self.edges = [np.unique(np.quantile(x[:, i], shares, method="lower")).astype(int) for i in range(x.shape[1])]
        x = self.ranks(x)
        mean = np.average(fell, weights=weight)
        self.base = float(np.log(mean / (1 - mean)))
        said = np.full(len(x), self.base)
        for i in range(self.count):
            p = probability(said)
            model = ExtraTreeRegressor(max_depth=self.depth, max_features=self.share, min_samples_leaf=self.leaf,
                                       random_state=i)
            model.fit(x, fell - p, sample_weight=weight)
            at = model.apply(x)
            up, down = (np.bincount(at, weight * v, model.tree_.node_count) for v in (fell - p, p * (1 - p)))
            value = self.rate * up / np.maximum(down, 1e-12)  # one step of Newton's
            said += value[at]
            self.trees.append((model, value))

    def score(self, x):
        x = self.ranks(x)
        return probability(self.base + sum(value[model.apply(x)] for model, value in self.trees))

    def question(self, feature, threshold):
        edges = self.edges[feature]
        return (feature, edges[int(threshold)]) if int(threshold) < len(edges) else None

    def whole_trees(self):
        """Of each tree (feature, threshold) of its nodes, level by level as if all branches were as long, and its leaves.
        What does not split has no feature: None."""
        for model, value in self.trees:
            tree, nodes, level = model.tree_, [], [0]
            for _ in range(self.depth):
                splits = [tree.children_left[n] >= 0 for n in level]
                nodes += [self.question(tree.feature[n], tree.threshold[n]) if s else None for n, s in zip(level, splits)]
                level = [child for n, s in zip(level, splits)
                         for child in ((tree.children_left[n], tree.children_right[n]) if s else (n, n))]
            yield nodes, value[level]
