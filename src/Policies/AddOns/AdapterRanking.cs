namespace SimServe.Policies.AddOns;

// Adapters of one kind by how often they were used lately, the most popular first; of equals the one that was used earlier.
internal sealed class AdapterRanking
{
    private readonly List<(int Number, double Uses)> _ranked = [];
    private readonly Dictionary<int, int> _places = [];

    public int Count => _ranked.Count;

    public int this[int place] => _ranked[place].Number;

    public double UsesAt(int place) => _ranked[place].Uses;

    public double UsesOf(int number) => _places.TryGetValue(number, out var place) ? _ranked[place].Uses : 0;

    // The heavier a use the later it was: who is used moves past all that have no more.
    public void Use(int number, double weight)
    {
        if (!_places.TryGetValue(number, out var place))
        {
            place = _ranked.Count;
            _ranked.Add((number, 0));
        }

        var entry = (number, Uses: _ranked[place].Uses + weight);
        for (; place > 0 && _ranked[place - 1].Uses < entry.Uses; place--)
        {
            _ranked[place] = _ranked[place - 1];
            _places[_ranked[place].Number] = place;
        }

        _ranked[place] = entry;
        _places[number] = place;
    }

    // Keeps the order: everything becomes the same share of what it was.
    public void Scale(double share)
    {
        for (var i = 0; i < _ranked.Count; i++)
        {
            _ranked[i] = (_ranked[i].Number, _ranked[i].Uses * share);
        }
    }
}
