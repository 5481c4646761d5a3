"""scikit-learn: Cohen's kappa, and the share of equal scores."""

import math

from sklearn.metrics import accuracy_score, cohen_kappa_score

from lines import serve


def kappa(request):
    """Both people's categories, one a thing, and how many categories there are."""
    rows, columns = request["rows"], request["columns"]
    labels = list(range(request["categories"]))
    answer = {"same": accuracy_score(rows, columns)}
    for name, weights in (("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")):
        value = float(cohen_kappa_score(rows, columns, labels=labels, weights=weights))
        answer[name] = None if math.isnan(value) else value
    return answer


serve(kappa=kappa)
