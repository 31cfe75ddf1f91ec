"""Prints values as YAML in randomly chosen styles: quotes, brackets, blocks, comments, indentation."""

import json
import re

PLAIN = re.compile(r"^[A-Za-z_/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$")
WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", "True", "False", "Null", "Yes", "No", "On", "Off", "Y", "N", "TRUE", "FALSE", "NULL", "YES", "NO", "ON", "OFF"}


class Raw(str):
    """Text that stands as it is: 0644, 1e3, ~, !!str 5."""


class Block(str):
    """Lines that stand as they are in a block scalar, whatever that makes of them: header and chomping are drawn."""


class Printer:
    def __init__(self, rnd, plain=0.8):
        self.rnd = rnd
        self.plain = plain
        self.is_careless = True

    def scalar(self, value, indent=None, in_flow=False):
        rnd = self.rnd
        if isinstance(value, Raw):
            return str(value)
        if isinstance(value, Block):
            return json.dumps(str(value)) if indent is None or in_flow else self.raw_block(value, indent)
        if value is None:
            return rnd.choice(["null", "~"])
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return json.dumps(value)
        if "\n" in value:
            if indent is not None and not in_flow and rnd.random() < 0.8 and not value.startswith((" ", "\n")) and all(line == line.rstrip() for line in value.split("\n")):
                return self.block(value, indent)
            return json.dumps(value)
        if PLAIN.match(value) and value not in WORDS and rnd.random() < self.plain:
            return value
        if "'" not in value and value.isprintable() and rnd.random() < 0.5:
            return "'" + value + "'"
        # YAML has no surrogate pairs.
        is_escaped = rnd.random() < 0.5 and (self.is_careless or all(ord(c) < 0x10000 for c in value))
        return json.dumps(value, ensure_ascii=is_escaped)

    def block(self, value, indent):
        chomp = "-" if not value.endswith("\n") else "+" if value.endswith("\n\n") else ""
        body = value[:-1] if value.endswith("\n") else value
        pad = " " * (indent + 2)
        lines = [pad + line if line else "" for line in body.split("\n")]
        mark = "|"
        return mark + chomp + "\n" + "\n".join(lines)

    def raw_block(self, value, indent):
        # Without the number a first line that begins with a blank says how far all are indented, which most are not.
        number = "2" if value.startswith((" ", "\t", "\n")) and not (self.is_careless and self.rnd.random() < 0.2) else ""
        header = self.rnd.choice([">", ">", ">", "|"]) + number + self.rnd.choice(["", "-", "+"])
        return header + "\n" + "\n".join(" " * (indent + 2) + line if line else "" for line in value.split("\n"))

    def flow(self, value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.key(k)}: {self.flow(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.flow(v) for v in value) + "]"
        return self.scalar(value, in_flow=True)

    def key(self, key):
        if isinstance(key, Raw):
            return str(key)
        if PLAIN.match(key) and " " not in key and key not in WORDS and self.rnd.random() < 0.95:
            return key
        return json.dumps(key)

    def document(self, value):
        text = self.value(value, 0, True)
        return text if text.endswith("\n") else text + "\n"

    def value(self, value, indent, is_root=False):
        """The text after "key:" or "- ", with its own line break where it needs one."""
        rnd = self.rnd
        if isinstance(value, (dict, list)) and (not value or (not is_root and rnd.random() < 0.04 and not self.has_blocks(value))):
            return self.flow(value)
        if isinstance(value, dict):
            lines = []
            for key, item in value.items():
                if rnd.random() < 0.02:
                    lines.append(" " * indent + "# a comment")
                lines.append(" " * indent + self.key(key) + ":" + self.after(item, indent))
            return ("" if is_root else "\n") + "\n".join(lines)
        if isinstance(value, list):
            lines = []
            for item in value:
                lines.append(" " * indent + "-" + self.item(item, indent))
            return ("" if is_root else "\n") + "\n".join(lines)
        return self.scalar(value, indent - 2)

    def has_blocks(self, value):
        if isinstance(value, dict):
            return any(self.has_blocks(v) for v in value.values())
        if isinstance(value, list):
            return any(self.has_blocks(v) for v in value)
        return isinstance(value, str) and "\n" in value

    def after(self, item, indent):
        if isinstance(item, list) and item:
            text = self.value(item, indent + self.rnd.choice([0, 0, 2]))
        else:
            text = self.value(item, indent + 2)
        return text if text.startswith("\n") else " " + text

    def item(self, item, indent):
        text = self.value(item, indent + 2)
        if not text.startswith("\n"):
            return " " + text
        first, _, rest = text[1:].partition("\n")
        if first.strip().startswith("#"):
            return text
        return " " + first.strip() + ("\n" + rest if rest else "")
