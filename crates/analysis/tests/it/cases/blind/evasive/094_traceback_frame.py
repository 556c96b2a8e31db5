# expect: introspection | style: traceback-frame
def spy():
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__.tb_frame.f_back.f_globals

results = {"n": len(spy())}
