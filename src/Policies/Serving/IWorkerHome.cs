namespace SimServe.Policies.Serving;

// What a worker tells the loop it belongs to.
internal interface IWorkerHome
{
    IRunObserver? Observer { get; }

    void LoadChanged(Worker worker);

    void Failed(Worker worker, string fault);

    void Drained(Worker worker);
}
