# expect: net | style: urllib3-pool
import urllib3
urllib3.PoolManager().request("GET", "http://a.invalid")
