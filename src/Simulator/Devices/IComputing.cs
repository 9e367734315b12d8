namespace SimServe.Simulator.Devices;

// Something that computes on a machine's processors: others who do so too may slow it.
internal interface IComputing
{
    // What is under way takes another time from now on: the part that is done stays done.
    void Reprice();
}
