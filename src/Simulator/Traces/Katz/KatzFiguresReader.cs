namespace SimServe.Simulator.Traces.Katz;

/// <summary>Reads the object of figures.</summary>
internal sealed class KatzFiguresReader(JsonCursor cursor, TraceFaults faults)
{
    private const string Note = "_note";

    private readonly KatzValues _values = new(cursor, faults);
    private KatzService _a = new();
    private KatzService _b = new();

    public KatzFigures Read()
    {
        if (cursor.Read())
        {
            _values.Object(
                [
                    "controlnet_cum_share_pct_by_topk", "lora_cum_share_pct_by_topk", "avg_loads_per_request_LRU_A", "avg_loads_per_request_LRU_B",
                    "avg_loads_per_request_LFU_A", "avg_loads_per_request_LFU_B", "nodes_requests_vs_unique_loras_A", "nodes_requests_vs_unique_loras_B",
                ],
                ReadFigure,
                Note);
        }

        // Whatever stands behind the object is a fault, which the cursor reports.
        if (!faults.IsFull)
        {
            cursor.Read();
        }

        return new KatzFigures(_a, _b);
    }

    private void ReadFigure(string key)
    {
        switch (key)
        {
            case Note:
                break;
            case "controlnet_cum_share_pct_by_topk":
                _values.Object(["A", "B"], service => Change(service, _values.Shares(), static (old, shares) => old with { ControlNetShares = shares }));
                break;
            case "lora_cum_share_pct_by_topk":
                _values.Object(["A", "B"], service => Change(service, _values.Shares(), static (old, shares) => old with { LoraShares = shares }));
                break;
            case "avg_loads_per_request_LRU_A" or "avg_loads_per_request_LRU_B":
                Change(key[^1..], _values.Loads(), static (old, loads) => old with { LeastRecentlyUsed = loads });
                break;
            case "avg_loads_per_request_LFU_A" or "avg_loads_per_request_LFU_B":
                Change(key[^1..], _values.Loads(), static (old, loads) => old with { LeastFrequentlyUsed = loads });
                break;
            default:
                Change(key[^1..], _values.Nodes(), static (old, nodes) => old with { Nodes = nodes });
                break;
        }
    }

    private void Change<T>(string service, T value, Func<KatzService, T, KatzService> change)
    {
        _a = service == "A" ? change(_a, value) : _a;
        _b = service == "B" ? change(_b, value) : _b;
    }
}
