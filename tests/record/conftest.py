"""Fixtures of the room’s tests."""

import pytest
from django.contrib.auth.models import Group, User

from tests.record import folders


@pytest.fixture
def as_role(client):
    """Sign a person of one role in; the same name is the same person."""

    def sign_in(name, role):
        user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        user.groups.set([Group.objects.get(name=role)])
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def folder(tmp_path):
    return folders.made(tmp_path)
