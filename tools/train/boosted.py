# SPDX-License-Identifier: GPL-2.0-or-later
"""Boosted trees for the daemon, of two kinds (Friedman 2001).

Searched: each node has the best threshold of those that it tries, each tree half of the clips.  They make the most of few clips.
Random: each node tries a share of the features, each at one threshold drawn between its least and its greatest rank (Geurts,
Ernst and Wehenkel 2006), and each tree has all clips.  Such trees know less of what they were shown, and of many more is known.
"""
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.tree import ExtraTreeRegressor

RANKS = 256
HALF = 0.5  # of the clips, for a tree of those that search


def probability(log_odds):
    return 1 / (1 + np.exp(-log_odds))


class Boosted:
    def __init__(self, trees, depth, rate, share, leaf):
        self.count, self.depth, self.rate = trees, depth, rate
        self.share, self.leaf = share, leaf  # of the features that a node tries; clips in a leaf, at least
        self.trees = []  # of each the tree, and by its nodes what a leaf there says

    def whole_trees(self):
        """Of each tree (feature, threshold) of its nodes, level by level as if all branches were as long, and its leaves.
        What does not split has no feature: None."""
        for tree, value in self.trees:
            nodes, level = [], [0]
            for _ in range(self.depth):
                splits = [tree.children_left[n] >= 0 for n in level]
                nodes += [self.question(tree.feature[n], tree.threshold[n]) if s else None for n, s in zip(level, splits)]
                level = [child for n, s in zip(level, splits)
                         for child in ((tree.children_left[n], tree.children_right[n]) if s else (n, n))]
            yield nodes, value[level]


class Searched(Boosted):
    def fit(self, x, fell, weight):
        self.model = GradientBoostingClassifier(
            n_estimators=self.count, max_depth=self.depth, learning_rate=self.rate, subsample=HALF,
            max_features=self.share, min_samples_leaf=self.leaf, random_state=1).fit(x, fell, sample_weight=weight)
        prior = self.model.init_.class_prior_[1]
        self.base = float(np.log(prior / (1 - prior)))
        self.trees = [(e[0].tree_, self.rate * e[0].tree_.value[:, 0, 0]) for e in self.model.estimators_]

    def score(self, x):
        return self.model.predict_proba(x)[:, 1]

    def question(self, feature, threshold):
        return feature, max(-32768, int(threshold // 1))  # features are whole numbers: "<=" is the same for its floor


class Random(Boosted):
    def ranks(self, x):
        """Features as shares of what was trained on: units, and what stands for "unknown", have no say in a threshold."""
        return np.stack([np.searchsorted(e, x[:, i]) for i, e in enumerate(self.edges)], 1).astype(np.float32)

    def fit(self, x, fell, weight):
        shares = np.linspace(0, 1, RANKS)[1:-1]
        self.edges = [np.unique(np.quantile(x[:, i], shares, method="lower")).astype(int) for i in range(x.shape[1])]
        x = self.ranks(x)
        mean = np.average(fell, weights=weight)
        self.base = float(np.log(mean / (1 - mean)))
        said = np.full(len(x), self.base)
        self.models = []
        for i in range(self.count):
            p = probability(said)
            model = ExtraTreeRegressor(max_depth=self.depth, max_features=self.share, min_samples_leaf=self.leaf,
                                       random_state=i)
            model.fit(x, fell - p, sample_weight=weight)
            at = model.apply(x)
            up, down = (np.bincount(at, weight * v, model.tree_.node_count) for v in (fell - p, p * (1 - p)))
            value = self.rate * up / np.maximum(down, 1e-12)  # one step of Newton's
            said += value[at]
            self.models.append(model)
            self.trees.append((model.tree_, value))

    def score(self, x):
        x = self.ranks(x)
        return probability(self.base + sum(v[model.apply(x)] for model, (_, v) in zip(self.models, self.trees)))

    def question(self, feature, threshold):
        edges = self.edges[feature]
        return (feature, edges[int(threshold)]) if int(threshold) < len(edges) else None
