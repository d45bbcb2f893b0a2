"""The address of the door for assistants."""

from django.urls import path

from governance.assistants.views import answer_assistant

urlpatterns = [path("", answer_assistant, name="mcp")]
