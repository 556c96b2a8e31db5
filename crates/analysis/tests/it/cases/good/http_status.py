# expect: none | style: look-alike
from http import HTTPStatus
results = {"v": HTTPStatus.NOT_FOUND.value}
