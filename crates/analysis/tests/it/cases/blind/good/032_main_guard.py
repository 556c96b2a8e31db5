# expect: none | style: main-guard
def main(argv=None):
    return {"ok": True}

if __name__ == "__main__":
    results = main()
